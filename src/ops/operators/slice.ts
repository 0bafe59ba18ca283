import { toNumbers } from '../../base/tensor.js';
import type { Dim } from '../../program/dims.js';
import type { Value } from '../../program/value.js';
import { intsAttribute } from '../attributes.js';
import { frontAxis, movement, picked } from '../movement.js';
import { type NodeContext, NotLowered, type Operator } from '../operator.js';

type Cut = { readonly axis: number; readonly start: number; readonly end: number; readonly step: number };

/** Starts, ends, axes and steps: attributes before opset 10, constant inputs since. */
function listsOf({ node, opset, constant }: NodeContext): (readonly number[] | undefined)[] {
  if (opset < 10)
    return [
      intsAttribute(node, 'starts'),
      intsAttribute(node, 'ends'),
      intsAttribute(node, 'axes'),
      undefined,
    ];
  return [1, 2, 3, 4].map((at) => {
    const given = constant(at);
    if (given === undefined && (node.inputs[at] ?? '') !== '')
      throw new NotLowered('Slice at computed places');
    return given && toNumbers(given);
  });
}

function cutsOf(context: NodeContext, rank: number): Cut[] {
  const [starts, ends, axes, steps] = listsOf(context);
  if (starts === undefined || ends === undefined) throw new NotLowered('Slice without starts and ends');
  return starts.map((start, at) => ({
    axis: frontAxis(context.node, axes?.[at] ?? at, rank),
    start,
    end: ends[at] ?? 0,
    step: steps?.[at] ?? 1,
  }));
}

const clamped = (value: number, least: number, most: number): number =>
  Math.min(Math.max(value, least), most);

/** Places along an axis of `size`, counted and clamped as NumPy does. */
export function slicePlaces(size: number, { start, end, step }: Omit<Cut, 'axis'>): number[] {
  const [from, to] = [start, end].map((place) => (place < 0 ? place + size : place));
  const forward = step > 0;
  const first = clamped(from ?? 0, 0, forward ? size : size - 1);
  const stop = clamped(to ?? 0, forward ? 0 : -1, forward ? size : size - 1);
  return Array.from({ length: Math.max(Math.ceil((stop - first) / step), 0) }, (_, at) => first + at * step);
}

/** Exporters write `to the end` as the greatest number of some integer type. */
const untilTheEnd = 2 ** 31 - 1;

function cut(context: NodeContext, x: Value, { axis, start, end, step }: Cut): Value {
  const size: Dim = x.shape[axis] ?? 1;
  if (typeof size === 'number') return picked(context.p, x, axis, slicePlaces(size, { start, end, step }));
  if (start === 0 && step === 1 && end >= untilTheEnd) return x;
  throw new NotLowered('Slice along an open axis');
}

/**
 * Slice (ONNX opset 1+) at constant places; steps may be negative, and places beyond an axis are clamped. Exact.
 */
export const slice = movement('Slice', (context, x) =>
  cutsOf(context, x.shape.length).reduce((rest, each) => cut(context, rest, each), x),
) satisfies Operator;

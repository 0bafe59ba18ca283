import { toNumbers } from '../../base/tensor.js';
import { staticDim } from '../../program/dims.js';
import type { Value } from '../../program/value.js';
import { floatAttribute, intsAttribute, stringAttribute } from '../attributes.js';
import { type Interval, moved } from '../interval.js';
import { linearRelaxation } from '../linear.js';
import { frontAxis, multiplicity, picked, range } from '../movement.js';
import {
  type IntervalContext,
  type NodeContext,
  NotLowered,
  type Operator,
  operand,
  type RelaxContext,
} from '../operator.js';

/** Elements added (or, below zero, taken away) before and behind each axis. */
type Margins = { readonly before: readonly number[]; readonly after: readonly number[] };

const given = ({ node, constant }: NodeContext, at: number): readonly number[] | undefined => {
  const value = constant(at);
  if (value === undefined && (node.inputs[at] ?? '') !== '') throw new NotLowered('Pad by computed counts');
  return value && toNumbers(value);
};

/** Attributes before opset 11 (`paddings` in opset 1), constant inputs since; axes since opset 18. */
function marginsOf(context: NodeContext, rank: number): Margins {
  const { node, opset } = context;
  const pads =
    opset < 11 ? (intsAttribute(node, 'pads') ?? intsAttribute(node, 'paddings')) : given(context, 1);
  if (pads === undefined) throw new NotLowered('Pad without pads');
  const axes = (given(context, 3) ?? range(rank)).map((axis) => frontAxis(node, axis, rank));
  const [before, after] = [range(rank).map(() => 0), range(rank).map(() => 0)];
  axes.forEach((axis, at) => {
    before[axis] = pads[at] ?? 0;
    after[axis] = pads[at + axes.length] ?? 0;
  });
  return { before, after };
}

/** The number to pad with. */
function fillOf(context: NodeContext): number {
  if (context.opset < 11) return floatAttribute(context.node, 'value', 0);
  return given(context, 2)?.[0] ?? 0;
}

const cropped = ({ p }: NodeContext, x: Value, { before, after }: Margins): Value =>
  x.shape.reduce((rest: Value, _, axis) => {
    const [less, more] = [Math.max(-(before[axis] ?? 0), 0), Math.max(-(after[axis] ?? 0), 0)];
    return less + more === 0 ? rest : p.slice(rest, axis, less, staticDim(rest.shape, axis) - more);
  }, x);

/** Where each place of the padded axis comes from. */
const sources: Readonly<Record<string, (place: number, size: number) => number>> = {
  edge: (place, size) => Math.min(Math.max(place, 0), size - 1),
  reflect: (place, size) => {
    const period = Math.max(2 * (size - 1), 1);
    const within = ((place % period) + period) % period;
    return within < size ? within : period - within;
  },
  wrap: (place, size) => ((place % size) + size) % size,
};

type Source = (place: number, size: number) => number;

const placesOf = (size: number, before: number, after: number, source: Source): number[] =>
  range(size + before + after).map((at) => source(at - before, size));

/** Copies of inner elements around the axis. ONNX Runtime crops first. */
function copied(context: NodeContext, x: Value, { before, after }: Margins, source: Source): Value {
  return x.shape.reduce((rest: Value, _, axis) => {
    const [less, more] = [Math.max(before[axis] ?? 0, 0), Math.max(after[axis] ?? 0, 0)];
    if (less + more === 0) return rest;
    return picked(context.p, rest, axis, placesOf(staticDim(rest.shape, axis), less, more, source));
  }, x);
}

function padded(context: NodeContext, x: Value, fill: number): Value {
  const margins = marginsOf(context, x.shape.length);
  const inner = cropped(context, x, margins);
  const source = sourceOf(context);
  if (source !== undefined) return copied(context, inner, margins, source);
  const added = (counts: readonly number[]) => counts.map((count) => Math.max(count, 0));
  return context.p.pad(inner, added(margins.before), added(margins.after), fill);
}

/** Undefined for padding by a constant. */
function sourceOf({ node }: NodeContext): Source | undefined {
  const mode = stringAttribute(node, 'mode', 'constant');
  const source = sources[mode];
  if (source === undefined && mode !== 'constant') throw new NotLowered(`Pad in mode ${mode}`);
  return source;
}

function interval(context: IntervalContext): Interval {
  const x = context.input(0);
  const fill = fillOf(context);
  // Of a number that is not finite nothing is known (interval.ts).
  const [least, most] = Number.isFinite(fill) ? [fill, fill] : [-Infinity, Infinity];
  const lower = padded(context, x.lower, least);
  if (lower === x.lower) return x;
  return {
    ...moved(x, () => lower),
    upper: padded(context, x.upper, most),
    ...(fill === 0 && sourceOf(context) === undefined && { padded: true }),
  };
}

function readersOf(context: NodeContext, x: Value): number {
  const source = sourceOf(context);
  if (source === undefined) return 1;
  const { before, after } = marginsOf(context, x.shape.length);
  return x.shape.reduce<number>((product, _, axis) => {
    const [less, more] = [before[axis] ?? 0, after[axis] ?? 0];
    const size = staticDim(x.shape, axis) + Math.min(less, 0) + Math.min(more, 0);
    return product * multiplicity(placesOf(size, Math.max(less, 0), Math.max(more, 0), source));
  }, 1);
}

function relax(context: RelaxContext) {
  const { p } = context;
  const x = context.input(0).lower;
  const fill = fillOf(context);
  if (!Number.isFinite(fill)) return undefined;
  const readers = readersOf(context, x);
  const moves = linearRelaxation(context, [{ input: 0, linear: (z) => padded(context, z, 0), readers }]);
  return fill === 0 ? moves : { ...moves, offset: padded(context, p.fillLike(x, 0), fill) };
}

/**
 * Pad (ONNX opset 2+) with a constant, by reflection, by the edge's elements or around the other end; negative counts crop.
 * Exact.
 */
export const pad = {
  type: 'Pad',
  integers: true,
  lower: (context) => padded(context, operand(context, 0), fillOf(context)),
  interval,
  relax,
  tightens: 'nowhere',
} satisfies Operator;

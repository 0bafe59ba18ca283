// Gather and GatherElements: elements of one axis by index.
import { toNumbers } from '../../base/tensor.js';
import { staticDim } from '../../program/dims.js';
import type { Value } from '../../program/value.js';
import { intAttribute } from '../attributes.js';
import type { Interval } from '../interval.js';
import { frontAxis, movedInterval, movedRelaxation, multiplicity, picked } from '../movement.js';
import { type IntervalContext, type NodeContext, NotLowered, type Operator, operand } from '../operator.js';
import { fromFront, hull, mayName, spread, wholeAxis } from '../places.js';

const axisOf = ({ node }: NodeContext, x: Value): number =>
  frontAxis(node, intAttribute(node, 'axis', 0), x.shape.length);

/** Constant places along the axis, from the front. */
function placesOf(context: NodeContext, x: Value): { places: number[]; shape: readonly number[] } {
  const indices = context.constant(1);
  if (indices === undefined) throw new NotLowered(`${context.node.type} at computed places`);
  const size = staticDim(x.shape, axisOf(context, x));
  return { places: toNumbers(indices).map((place) => fromFront(place, size)), shape: indices.shape };
}

function gathered(context: NodeContext, x: Value): Value {
  const axis = axisOf(context, x);
  const { places, shape } = placesOf(context, x);
  const flat = picked(context.p, x, axis, places);
  return context.p.reshape(flat, [...x.shape.slice(0, axis), ...shape, ...x.shape.slice(axis + 1)]);
}

/** Elements in the table of candidates, per index; beyond that bounds are those of the whole axis. */
const greatestTable = 2 ** 24;

/** x [...b, n, ...a], index [...i] -> [...b, ...i, ...a]: bounds over the places that the index may name. */
function gatheredHull({ p, output }: NodeContext, x: Interval, index: Interval, axis: number): Interval {
  const rank = index.lower.shape.length;
  const apart = (value: Value) => spread(p, value, axis, rank);
  const wide = { lower: apart(x.lower), upper: apart(x.upper) };
  const size = staticDim(x.lower.shape, axis);
  const elements = output.shape.reduce<number>((product, dim) => product * (Number(dim) || 1), size);
  if (elements > greatestTable) {
    const whole = wholeAxis(p, wide, axis + rank);
    const out = (value: Value) =>
      p.expand(p.reshape(value, value.shape.toSpliced(axis + rank, 1)), output.shape);
    return { lower: out(whole.lower), upper: out(whole.upper) };
  }
  const after = x.lower.shape.length - axis - 1;
  const possible = mayName(p, index, rank, size);
  return hull(p, spread(p, possible, rank + 1, after), wide, axis + rank);
}

/**
 * Gather (ONNX opset 1+). x [...b, n, ...a], indices [...i] -> [...b, ...i, ...a].
 * Constant indices: exact. Computed ones: bounds over the places that they may name.
 */
export const gather = {
  type: 'Gather',
  integers: true,
  lower: (context) => {
    const x = operand(context, 0);
    if (context.constant(1) !== undefined) return gathered(context, x);
    return context.p.gather(x, operand(context, 1), axisOf(context, x));
  },
  interval: (context) => {
    if (context.constant(1) !== undefined) return movedInterval(context, gathered);
    const x = context.input(0);
    return gatheredHull(context, x, context.input(1), axisOf(context, x.lower));
  },
  relax: (context) =>
    context.constant(1) === undefined
      ? undefined
      : movedRelaxation(context, gathered, (_, x) => multiplicity(placesOf(context, x).places)),
  tightens: 'nowhere',
} satisfies Operator;

/** Indices may be shorter than x along the other axes. */
function aligned({ p }: NodeContext, x: Value, indices: Value, axis: number): Value {
  return x.shape.reduce((rest: Value, dim, at) => {
    const wanted = indices.shape[at];
    return at === axis || wanted === dim || typeof wanted !== 'number' ? rest : p.slice(rest, at, 0, wanted);
  }, x);
}

function gatheredElements(context: NodeContext, x: Value): Value {
  const indices = context.constant(1);
  if (indices === undefined) throw new NotLowered('GatherElements at computed places');
  const axis = axisOf(context, x);
  const at = context.p.constant(indices);
  return context.p.gatherElements(aligned(context, x, at, axis), at, axis);
}

function elementsHull(context: IntervalContext): Interval {
  const { p } = context;
  const [x, index] = [context.input(0), context.input(1)];
  const axis = axisOf(context, x.lower);
  const apart = (value: Value) => spread(p, aligned(context, value, index.lower, axis), axis, 1);
  const possible = mayName(p, index, axis + 1, staticDim(x.lower.shape, axis));
  return hull(p, possible, { lower: apart(x.lower), upper: apart(x.upper) }, axis + 1);
}

/**
 * GatherElements (ONNX opset 11+). x [..., n, ...], indices [..., i, ...] -> [..., i, ...].
 * Constant indices: exact. Computed ones: bounds over the places that they may name.
 */
export const gatherElements = {
  type: 'GatherElements',
  integers: true,
  lower: (context) => {
    const [x, indices] = [operand(context, 0), operand(context, 1)];
    const axis = axisOf(context, x);
    return context.p.gatherElements(aligned(context, x, indices, axis), indices, axis);
  },
  interval: (context) =>
    context.constant(1) === undefined ? elementsHull(context) : movedInterval(context, gatheredElements),
  relax: (context) =>
    context.constant(1) === undefined
      ? undefined
      : // One element may be read by as many as the axis of the indices has.
        movedRelaxation(context, gatheredElements, (_, x) =>
          Number(context.output.shape[axisOf(context, x)] ?? 1),
        ),
  tightens: 'nowhere',
} satisfies Operator;

// Axes of ONNX reductions, and sums over them as affine layers.
import { toNumbers } from '../base/tensor.js';
import { staticDim } from '../program/dims.js';
import type { Value } from '../program/value.js';
import { affineInterval, scaleShift } from './affine.js';
import { intAttribute, intsAttribute } from './attributes.js';
import { type Interval, whereSound } from './interval.js';
import { frontAxis } from './movement.js';
import { type IntervalContext, type NodeContext, NotLowered } from './operator.js';

/** An attribute before some opset, a constant input since; none means all, or none at all on request. */
export function reducedAxes({ node, constant }: NodeContext, x: Value): readonly number[] {
  const input = constant(1);
  if (input === undefined && (node.inputs[1] ?? '') !== '')
    throw new NotLowered(`${node.type} over computed axes`);
  const rank = x.shape.length;
  const axes = intsAttribute(node, 'axes') ?? (input === undefined ? [] : toNumbers(input));
  if (axes.length > 0) return [...new Set(axes.map((axis) => frontAxis(node, axis, rank)))];
  return intAttribute(node, 'noop_with_empty_axes', 0) === 1 ? [] : x.shape.map((_, axis) => axis);
}

/** A reduction of the array language in the shape of the node's output, which may drop the axes. */
export const reducedBy = (
  context: NodeContext,
  x: Value,
  reduce: (x: Value, axes: readonly number[]) => Value,
): Value => context.p.reshape(reduce(x, reducedAxes(context, x)), context.output.shape);

/** Elements behind one result. */
export const reducedCount = (context: NodeContext, x: Value): number =>
  reducedAxes(context, x).reduce((product, axis) => product * staticDim(x.shape, axis), 1);

/** How one number is made of several, each with the weight 1. */
export type Summing = {
  readonly sum: (z: Value) => Value;
  /** Terms of each sum. */
  readonly count: number;
  /** Sums that one element is in, at most. */
  readonly readers: number;
};

/** Sums in any order: gamma_n. */
export const sumInterval = (
  { p, rounding }: IntervalContext,
  input: Interval,
  { sum, count, readers }: Summing,
): Interval =>
  affineInterval(p, rounding, {
    input,
    linear: sum,
    absLinear: sum,
    norm: p.scalar(rounding.dtype, count),
    bias: undefined,
    length: count,
    readers,
    weight: undefined,
  });

/**
 * Sum, then a scale, because the sum may overflow where the mean does not. Dividing by the count rounds once, multiplying
 * by a rounded 1 / count twice: scaleShift covers both.
 */
export const meanInterval = (context: IntervalContext, summing: Summing, weight: Value): Interval =>
  scaleShift(context.p, context.rounding, sumInterval(context, context.input(0), summing), weight, undefined);

/** Sums of integers, exact in floats as long as no partial sum leaves +-2^24. */
export function integerSum({ p }: IntervalContext, x: Interval, { sum }: Summing): Interval {
  const greatest = sum(p.max(p.abs(x.lower), p.abs(x.upper)));
  return whereSound(p, p.lessOrEqual(greatest, 2 ** 24), { lower: sum(x.lower), upper: sum(x.upper) });
}

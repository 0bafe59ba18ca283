// Relaxations of what is computed from x_i and a sum over its row: softmax and its logarithm.
import { staticDim } from '../program/dims.js';
import type { Value } from '../program/value.js';
import type { Interval } from './interval.js';
import { greatestMagnitude } from './lines.js';
import type { RowPlane } from './log-sum-exp.js';
import type { RelaxContext } from './operator.js';
import type { Relaxation } from './relaxation.js';

/** y_i against slope_i (x_i - sum_j weights_j x_j) + offset_i; weights >= 0. */
export type SharePlane = { readonly slope: Value; readonly weights: Value; readonly offset: Value };

/** The plane of x_i - log(sum exp(x)) on the other side of one of log(sum exp(x)). */
export const lessPlane = (context: RelaxContext, { weights, offset }: RowPlane, like: Value): SharePlane => {
  const { p } = context;
  return { slope: p.fillLike(like, 1), weights, offset: p.expandLike(p.neg(offset), like) };
};

/** The plane's value at the middle of the box, but for rounding. */
export function atMiddle(
  { p }: RelaxContext,
  rows: Interval,
  axis: number,
  { slope, weights, offset }: SharePlane,
): Value {
  const middle = p.add(p.mul(rows.lower, 0.5), p.mul(rows.upper, 0.5));
  const t = p.sub(middle, p.reduceSum(p.mul(weights, middle), [axis]));
  return p.add(p.mul(slope, t), offset);
}

/** A lower plane, or a constant lower bound where that is better at the middle, be it because of rounding. */
export const unlessConstantAbove = (
  context: RelaxContext,
  rows: Interval,
  axis: number,
  plane: SharePlane,
  bound: Value,
): SharePlane =>
  whereBetter(context, context.p.greater(atMiddle(context, rows, axis, plane), bound), plane, bound);

/** The same of an upper plane. */
export const unlessConstantBelow = (
  context: RelaxContext,
  rows: Interval,
  axis: number,
  plane: SharePlane,
  bound: Value,
): SharePlane =>
  whereBetter(context, context.p.less(atMiddle(context, rows, axis, plane), bound), plane, bound);

const whereBetter = ({ p }: RelaxContext, better: Value, plane: SharePlane, bound: Value): SharePlane => ({
  weights: plane.weights,
  slope: p.where(better, plane.slope, 0),
  offset: p.where(better, plane.offset, bound),
});

/**
 * y between two planes. With a+ and a- the positive and negative parts of a: the coefficient of x_j is
 * a+_j slope_j - weights_j sum_i a+_i slope_i of the lower plane, and the same of a- with the upper one.
 * @param rows bounds of the input with the shape in which `axis` is one axis
 */
export function betweenShares(
  context: RelaxContext,
  rows: Interval,
  axis: number,
  lower: SharePlane,
  upper: SharePlane,
): Relaxation {
  const { p, rounding, bounds } = context;
  const count = staticDim(rows.lower.shape, axis);
  const { shape } = bounds.lower;
  const part = (a: Value, { slope, weights }: SharePlane): Value => {
    const scaled = p.mul(a, slope);
    return p.sub(scaled, p.mul(p.reduceSum(scaled, [axis + 1]), weights));
  };
  const back = (a: Value, magnitude: Value): Value => {
    const [coefficients, sizes] = [a, magnitude].map((value) =>
      p.mul(p.reshape(value, [a.shape[0] ?? 1, ...rows.lower.shape]), 0.5),
    ) as [Value, Value];
    const sum = p.add(part(p.add(coefficients, sizes), lower), part(p.sub(coefficients, sizes), upper));
    return p.reshape(sum, [a.shape[0] ?? 1, ...shape]);
  };
  const middle = p.add(p.mul(lower.offset, 0.5), p.mul(upper.offset, 0.5));
  const spread = p.sub(p.mul(upper.offset, 0.5), p.mul(lower.offset, 0.5));
  const sizes = p.add(p.abs(lower.offset), p.abs(upper.offset));
  const x = greatestMagnitude(p, rows);
  const reach = p.add(x, p.reduceSum(p.mul(p.max(lower.weights, upper.weights), x), [axis]));
  const lost = p.add(
    p.mul(sizes, rounding.program(8)),
    p.mul(p.mul(p.add(p.abs(lower.slope), p.abs(upper.slope)), reach), rounding.program(2 * count + 16)),
  );
  return {
    parts: [{ input: 0, operations: 4 * count + 8, back }],
    offset: p.reshape(middle, shape),
    gap: p.reshape(p.add(spread, lost), shape),
  };
}

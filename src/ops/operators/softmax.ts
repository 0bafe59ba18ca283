import { staticDim } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { intAttribute } from '../attributes.js';
import { finite, type Interval, outward, whereSound } from '../interval.js';
import { kernelErrors, withKernelError } from '../kernel-error.js';
import {
  type IntervalContext,
  type LowerContext,
  type NodeContext,
  type Operator,
  operand,
} from '../operator.js';

/** Before opset 13 the input is seen as a matrix, split at the axis; from 13 on one axis is normalised. */
function asRows({ p, node, opset }: NodeContext, x: Value): { rows: Value; axis: number } {
  const rank = x.shape.length;
  const axis = intAttribute(node, 'axis', opset < 13 ? 1 : -1);
  const normal = axis < 0 ? axis + rank : axis;
  if (opset >= 13 || normal === rank - 1) return { rows: x, axis: normal };
  return { rows: p.mergeInto(x, normal), axis: normal };
}

function lower(context: LowerContext): Value {
  const x = operand(context, 0);
  const { rows, axis } = asRows(context, x);
  return context.p.reshape(context.p.softmax(rows, axis), x.shape);
}

/** own / (own + others), for exponentials that are all >= 0. */
const share = (p: Program, own: Value, others: Value): Value => p.div(own, p.add(own, others));

/**
 * Real softmax of the rounded exponentials e_i, each within the kernel's error. Element i is least where x_i is least and all others are greatest, and the other way round. Exponentials are taken
 * relative to the greatest upper bound. The sum of the others is a difference, so its rounding is added in units of the sum.
 */
function rowBounds({ p, rounding }: IntervalContext, x: Interval, axis: number): Interval {
  const count = staticDim(x.upper.shape, axis);
  const shift = p.reduceMax(x.upper, [axis]);
  const exponential = (bound: Value) => p.exp(p.sub(bound, shift));
  const relative = withKernelError(
    p,
    rounding,
    { lower: exponential(x.lower), upper: exponential(x.upper) },
    kernelErrors.Exp,
  );
  const [least, most] = [p.max(relative.lower, 0), relative.upper];
  const slack = rounding.program(count + 4) * 4;
  const [leastSum, mostSum] = [p.reduceSum(least, [axis]), p.reduceSum(most, [axis])];
  const othersMost = p.max(p.add(p.sub(mostSum, most), p.mul(mostSum, slack)), 0);
  const othersLeast = p.max(p.sub(p.sub(leastSum, least), p.mul(leastSum, slack)), 0);
  return { lower: share(p, least, othersMost), upper: share(p, most, othersLeast) };
}

function interval(context: IntervalContext): Interval {
  const { p, rounding } = context;
  const x = context.input(0);
  const { rows: lowerRows, axis } = asRows(context, x.lower);
  const rows = { lower: lowerRows, upper: asRows(context, x.upper).rows };
  const count = staticDim(lowerRows.shape, axis);
  const bounds = outward(p, rounding, rowBounds(context, rows, axis), count + softmaxRoundings);
  const extremes = { lower: p.reduceMin(rows.lower, [axis]), upper: p.reduceMax(rows.upper, [axis]) };
  const sound = whereSound(p, finite(p, extremes), bounds);
  return { lower: p.reshape(sound.lower, x.lower.shape), upper: p.reshape(sound.upper, x.lower.shape) };
}

/**
 * What is left besides the kernel's error of exp, deployed and own alike, relative to the quotient: t = x - max rounds within
 * u |t|, which moves exp(t) by at most 104 u where it does not underflow, in numerator and denominator; the sum (count - 1);
 * a reciprocal and a product, or a quotient. Where exp(t) underflows, below 2^-149 of the denominator, the absolute error
 * 2^-126 of the kernel is in units of the greatest term, which is at least what the denominator is made of.
 */
const softmaxRoundings = 2 * 104 + 8;

/**
 * Softmax (ONNX opset 1+). x [...d] -> [...d].
 * Interval: exact in real arithmetic but for the difference of sums. Rounding: see `interval`.
 */
export const softmax = { type: 'Softmax', lower, interval } satisfies Operator;

import { staticDim } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { intAttribute } from '../attributes.js';
import { finite, type Interval, outward, whereSound } from '../interval.js';
import { kernelErrors, withKernelError } from '../kernel-error.js';
import { greatestMagnitude, lowered, raised } from '../lines.js';
import { chordSlope, logShareBounds, planeAbove, planeBelow } from '../log-sum-exp.js';
import {
  chosenOr,
  type IntervalContext,
  type LowerContext,
  type NodeContext,
  type Operator,
  operand,
  type RelaxContext,
} from '../operator.js';
import type { Reduced, Relaxation } from '../relaxation.js';
import type { Rounding } from '../rounding.js';
import {
  atMiddle,
  betweenShares,
  type SharePlane,
  unlessConstantAbove,
  unlessConstantBelow,
} from '../share-relaxation.js';

/** Before opset 13 the input is seen as a matrix, split at the axis; from 13 on one axis is normalised. */
export function asRows({ p, node, opset }: NodeContext, x: Value): { rows: Value; axis: number } {
  const rank = x.shape.length;
  const axis = intAttribute(node, 'axis', opset < 13 ? 1 : -1);
  const normal = axis < 0 ? axis + rank : axis;
  if (opset >= 13 || normal === rank - 1) return { rows: x, axis: normal };
  return { rows: p.mergeInto(x, normal), axis: normal };
}

/** Bounds in the shape in which one axis is normalised. */
export function rowsOf(context: NodeContext, x: Interval): { rows: Interval; axis: number } {
  const { rows: lower, axis } = asRows(context, x.lower);
  return { rows: { lower, upper: asRows(context, x.upper).rows }, axis };
}

/** Bounds in the shape of x again, infinite where a row of x is. */
export function unlessRowInfinite(
  { p }: NodeContext,
  x: Interval,
  { rows, axis }: { readonly rows: Interval; readonly axis: number },
  bounds: Interval,
): Interval {
  const extremes = { lower: p.reduceMin(rows.lower, [axis]), upper: p.reduceMax(rows.upper, [axis]) };
  const sound = whereSound(p, finite(p, extremes), bounds);
  return { lower: p.reshape(sound.lower, x.lower.shape), upper: p.reshape(sound.upper, x.lower.shape) };
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
  const { rows, axis } = rowsOf(context, x);
  const count = staticDim(rows.lower.shape, axis);
  const bounds = outward(p, rounding, rowBounds(context, rows, axis), count + softmaxRoundings);
  // QLinearSoftmax multiplies by floor(1 / step) instead of dividing by the step: off by less than a step, as shares are at
  // most 1 (test/soundness/quantized.test.ts).
  return { ...unlessRowInfinite(context, x, { rows, axis }, bounds), spareSteps: 1 };
}

/**
 * What is left besides the kernel's error of exp, deployed and own alike, relative to the quotient: t = x - max rounds within
 * u |t|, which moves exp(t) by at most 104 u where it does not underflow, in numerator and denominator; the sum (count - 1);
 * a reciprocal and a product, or a quotient. Where exp(t) underflows, below 2^-149 of the denominator, the absolute error
 * 2^-126 of the kernel is in units of the greatest term, which is at least what the denominator is made of.
 */
const softmaxRoundings = 2 * 104 + 8;

/** What a deployed share of a row of `count` is off by, at most, relative to itself, where its exponential does not underflow. */
export const softmaxRelativeError = (rounding: Rounding, count: number): number =>
  rounding.deployed(1) === 0
    ? 0
    : rounding.deployed(count + softmaxRoundings + 16) + 4 * kernelErrors.Exp.float32.relative;

/** Slopes below this are no use, and their logarithm is far from minus infinity. */
const leastSlope = 2 ** -80;

/**
 * y_i = exp(t_i), t_i = x_i - log sum exp(x). Below: exp(t) >= k t + k - k log k for any k > 0, here with k = exp(t) of the
 * lower plane of t at the middle of the box; the interval where that is better there.
 */
function shareBelow(context: RelaxContext, rows: Interval, axis: number, least: Value): SharePlane {
  const { p, rounding } = context;
  const { weights, offset } = planeAbove(p, rounding, rows, axis, context.choose);
  const like = p.fillLike(rows.lower, 1);
  const t = atMiddle(context, rows, axis, { slope: like, weights, offset: p.neg(offset) });
  const slope = p.max(p.exp(p.min(chosenOr(context, 'slope', t), 0)), leastSlope);
  const logarithm = p.log(slope);
  const size = p.mul(slope, p.add(p.add(p.abs(offset), p.abs(logarithm)), 1));
  const sum = p.mul(slope, p.sub(p.sub(1, logarithm), offset));
  // The logarithm's kernel is off by 12 u of its result.
  const plane = { slope, weights, offset: lowered(p, rounding, sum, size, 24) };
  return unlessConstantAbove(context, rows, axis, plane, least);
}

/** Above: the chord of exp between bounds of t, times the upper plane of t. */
function shareAbove(context: RelaxContext, rows: Interval, axis: number, most: Value): SharePlane {
  const { p, rounding } = context;
  const { weights, offset } = planeBelow(p, rounding, rows, axis, context.choose);
  const t = logShareBounds(p, rounding, rows, axis);
  const [low, high] = [p.exp(t.lower), p.exp(t.upper)];
  const slope = p.max(chordSlope(p, t, low, high, high), 0);
  const end = (exponential: Value, at: Value) => p.sub(exponential, p.mul(slope, at));
  const ends = p.max(end(low, t.lower), end(high, t.upper));
  const size = p.add(high, p.mul(slope, p.add(p.abs(offset), greatestMagnitude(p, t))));
  const plane = { weights, slope, offset: raised(p, rounding, p.sub(ends, p.mul(slope, offset)), size, 24) };
  return unlessConstantBelow(context, rows, axis, plane, most);
}

function relax(context: RelaxContext): Relaxation {
  const { p, rounding, bounds } = context;
  const { rows, axis } = rowsOf(context, context.input(0));
  const [least, most] = [asRows(context, bounds.lower).rows, asRows(context, bounds.upper).rows];
  const count = staticDim(rows.lower.shape, axis);
  const [below, above] = [shareBelow(context, rows, axis, least), shareAbove(context, rows, axis, most)];
  // Twice exp, and what `interval` allows for.
  const relative = rounding.deployed(count + softmaxRoundings + 16);
  const error = p.add(p.mul(p.max(most, 0), relative), rounding.underflow(8));
  const between = betweenShares(
    context,
    rows,
    axis,
    { ...below, offset: p.sub(below.offset, error) },
    { ...above, offset: p.add(above.offset, error) },
  );
  // The rest of the coefficients is rounded once.
  const rounded = p.mul(greatestMagnitude(p, bounds), rounding.program(4));
  return {
    ...between,
    gap: between.gap && p.add(between.gap, rounded),
    reduce: reducer(context, most, axis),
  };
}

/**
 * Shares of a row sum to 1: a . y = (a - c) . y + c, whatever c. Here it is the mean of a, weighted with the greatest shares, so that
 * the relaxation only pays for how coefficients differ. The deployed sum is off by what each share is: see `interval`.
 */
function reducer(context: RelaxContext, most: Value, axis: number): (a: Value) => Reduced {
  const { p, rounding, bounds } = context;
  const count = staticDim(most.shape, axis);
  const weights = p.max(most, leastSlope);
  const shares = p.div(weights, p.reduceSum(weights, [axis]));
  const relative = 2 * rounding.deployed(count + softmaxRoundings + 32) + rounding.underflow(8 * count);
  const total = p.fillLike(p.slice(most, axis, 0, 1), 1);
  return (a) => {
    const own = p.reshape(a, [a.shape[0] ?? 1, ...most.shape]);
    const mean = p.reduceSum(p.mul(own, shares), [axis + 1]);
    const level = chosenOr(context, 'mean', mean, p.reduceMean(p.abs(p.sub(own, mean)), [axis + 1]));
    const rest = p.reshape(p.sub(own, level), [a.shape[0] ?? 1, ...bounds.lower.shape]);
    return { rest, level, total, error: p.mul(total, relative) };
  };
}

/**
 * Softmax (ONNX opset 1+). x [...d] -> [...d].
 * Interval: exact in real arithmetic but for the difference of sums. Rounding: see `interval`.
 * Relaxation: exp of planes of x_i - log sum exp(x), see log-sum-exp.ts.
 */
export const softmax = { type: 'Softmax', lower, interval, relax } satisfies Operator;

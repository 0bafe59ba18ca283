// Bounds and planes of log(sum exp(x)) and of x_i - log(sum exp(x)) over one axis: what softmax is made of.
// Source: Wei et al., Convex bounds on the softmax function with applications to robustness verification, 2023, whose
// bounds of type LSE these are, linearised at the middle of the box.
import { staticDim } from '../program/dims.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import { midRad } from './affine.js';
import type { Interval } from './interval.js';
import { kernelErrors } from './kernel-error.js';
import { greatestMagnitude } from './lines.js';
import type { Choose } from './operator.js';
import type { Rounding } from './rounding.js';

/** sum_j weights_j x_j + offset; weights as x, the offset with size 1 at the axis. */
export type RowPlane = { readonly weights: Value; readonly offset: Value };

/**
 * Roundings of exp(fl(x - max)), relative: t = x - max rounds within u |t|, which moves exp(t) by at most 104 u where it does
 * not underflow; the kernel's own error; the sum's difference.
 */
export const exponentialRoundings = 128;

/** What an underflow of an exponential can add to anything here: the greatest exponential of a row is 1. */
const underflows = (count: number): number => count * 2 ** -122;

/** Relative error of log, in roundings. */
const logRoundings = (rounding: Rounding): number =>
  Math.ceil(kernelErrors.Log[rounding.dtype].relative / rounding.own) + 2;

/** (f(u) - f(l)) / (u - l), given f at both ends; `flat` where they are one point. */
export function chordSlope(
  p: Program,
  { lower, upper }: Interval,
  low: Value,
  high: Value,
  flat: Value,
): Value {
  const width = p.sub(upper, lower);
  const wide = p.greater(width, 0);
  return p.where(wide, p.div(p.sub(high, low), p.where(wide, width, 1)), flat);
}

/**
 * The tangent at the middle: log sum exp is convex.
 * @param choose may move the point of the tangent, within the box
 */
export function planeBelow(
  p: Program,
  rounding: Rounding,
  x: Interval,
  axis: number,
  choose?: Choose,
): RowPlane {
  const count = staticDim(x.lower.shape, axis);
  const sum = (value: Value) => p.reduceSum(value, [axis]);
  const { mid: middle, rad: half } = midRad(p, x);
  const moved = choose?.('tangent', middle, half);
  const mid = moved === undefined ? middle : p.min(p.max(moved, x.lower), x.upper);
  // No point of the box is farther.
  const rad = moved === undefined ? half : p.mul(half, 2);
  const greatest = p.reduceMax(mid, [axis]);
  const exponentials = p.exp(p.sub(mid, greatest));
  const total = sum(exponentials);
  const weights = p.div(exponentials, total);
  const logarithm = p.log(total);
  const touch = p.sub(p.add(greatest, logarithm), sum(p.mul(weights, mid)));
  // Weights may differ from the gradient by their own rounding, times |x - mid|.
  const relative = rounding.program(2 * count + 2 * exponentialRoundings);
  const tilted = sum(p.mul(weights, p.add(rad, p.mul(p.abs(mid), 4 * rounding.own))));
  const magnitude = p.add(p.add(p.abs(greatest), p.abs(logarithm)), sum(p.mul(weights, p.abs(mid))));
  const slack = p.add(
    p.mul(p.add(tilted, 1), 2 * relative),
    p.mul(magnitude, rounding.program(2 * count + logRoundings(rounding) + 16)),
  );
  const lost = p.mul(sum(rad), underflows(count));
  return { weights, offset: p.sub(touch, p.add(slack, lost)) };
}

/**
 * With M the greatest upper bound: sum exp(x - M) is below the sum of chords, whose logarithm is below any tangent of log:
 * log s <= log C + s / C - 1. The offset is the greatest at the ends of each x_j, for the weights as computed.
 * @param choose may move the logarithm of C
 */
export function planeAbove(
  p: Program,
  rounding: Rounding,
  x: Interval,
  axis: number,
  choose?: Choose,
): RowPlane {
  const count = staticDim(x.lower.shape, axis);
  const sum = (value: Value) => p.reduceSum(value, [axis]);
  const greatest = p.reduceMax(x.upper, [axis]);
  const [low, high] = [p.exp(p.sub(x.lower, greatest)), p.exp(p.sub(x.upper, greatest))];
  const center = p.mul(sum(p.add(low, high)), 0.5);
  const level = choose?.('level', p.fillLike(center, 0), 1);
  const middle = level === undefined ? center : p.mul(center, p.exp(p.min(p.max(level, -8), 8)));
  const weights = p.div(chordSlope(p, x, low, high, high), middle);
  const end = (exponential: Value, at: Value) => p.sub(p.div(exponential, middle), p.mul(weights, at));
  const ends = sum(p.max(end(low, x.lower), end(high, x.upper)));
  const logarithm = p.log(middle);
  const touch = p.add(p.sub(p.add(greatest, logarithm), 1), ends);
  const magnitude = p.add(
    p.add(p.add(p.abs(greatest), p.abs(logarithm)), 1),
    sum(p.mul(weights, greatestMagnitude(p, x))),
  );
  const slack = p.add(
    p.mul(p.div(sum(high), middle), 2 * rounding.program(2 * count + 2 * exponentialRoundings)),
    p.mul(magnitude, rounding.program(2 * count + logRoundings(rounding) + 16)),
  );
  return { weights, offset: p.add(touch, p.add(slack, 2 * underflows(count))) };
}

/**
 * Real bounds of t_i = x_i - log(sum exp(x)), which is least where x_i is least and all others are greatest. The sum of the
 * others is a difference, so its rounding is added in units of the sum. Not above 0.
 */
export function logShareBounds(p: Program, rounding: Rounding, x: Interval, axis: number): Interval {
  const count = staticDim(x.lower.shape, axis);
  const greatest = p.reduceMax(x.upper, [axis]);
  const [below, above] = [p.sub(x.lower, greatest), p.sub(x.upper, greatest)];
  const [least, most] = [p.exp(below), p.exp(above)];
  const relative = 2 * rounding.program(2 * count + 2 * exponentialRoundings);
  const others = (exponentials: Value, sign: 1 | -1): Value => {
    const total = p.reduceSum(exponentials, [axis]);
    return p.max(p.add(p.sub(total, exponentials), p.mul(total, sign * relative)), 0);
  };
  const [mostSum, leastSum] = [p.add(least, others(most, 1)), p.add(most, others(least, -1))];
  // Below this the underflow of exponentials could count.
  const safe = 2 ** -100;
  const bound = (t: Value, total: Value, sign: 1 | -1): Value => {
    const logarithm = p.log(p.max(total, safe));
    const size = p.add(p.abs(t), p.abs(logarithm));
    const slack = p.add(p.mul(size, rounding.program(logRoundings(rounding) + 8)), relative);
    return p.add(p.sub(t, logarithm), p.mul(slack, sign));
  };
  const upper = p.where(p.greater(leastSum, safe), bound(above, leastSum, 1), 0);
  return { lower: bound(below, mostSum, -1), upper: p.min(upper, 0) };
}

// y_i = gain_i (x_i - mean) / sqrt(variance + epsilon) + shift_i over the last axis: what LayerNormalization,
// InstanceNormalization and GroupNormalization are made of.
import { staticDim } from '../program/dims.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import { scaleShift } from './affine.js';
import { finite, type Interval, outward, whereSound } from './interval.js';
import { greatestMagnitude, lowered, raised } from './lines.js';
import { chordSlope } from './log-sum-exp.js';
import type { IntervalContext, RelaxContext } from './operator.js';
import type { Relaxation } from './relaxation.js';
import {
  betweenShares,
  type SharePlane,
  unlessConstantAbove,
  unlessConstantBelow,
} from './share-relaxation.js';

/** One normalisation of rows [...d, n]. */
export type Standardising = {
  readonly epsilon: number;
  /** These broadcast to the rows; undefined for 1 and 0. */
  readonly gain: Value | undefined;
  readonly shift: Value | undefined;
};

/** The forward computation, in two passes. */
export function standardised(p: Program, rows: Value, { epsilon, gain, shift }: Standardising): Value {
  const axis = rows.shape.length - 1;
  const centred = p.sub(rows, p.reduceMean(rows, [axis]));
  const variance = p.reduceMean(p.mul(centred, centred), [axis]);
  const unit = p.div(centred, p.sqrt(p.add(variance, epsilon)));
  const scaled = gain === undefined ? unit : p.mul(unit, gain);
  return shift === undefined ? scaled : p.add(scaled, shift);
}

type Parts = {
  /** x_i - mean, as the deployed node may have it. */
  readonly centred: Interval;
  /** 1 / sqrt(variance + epsilon), likewise; meaningless where not `sound`. */
  readonly inverse: Interval;
  /** Greatest |x_i - mean| / sqrt(variance + epsilon) of real numbers: about sqrt(n - 1). */
  readonly greatest: Value;
  /** What the result may lose besides, in units before the gain. */
  readonly error: Value;
  readonly sound: Value;
  /** |x_i| + mean |x|, times 1 / sqrt(variance + epsilon), plus that: what a gain may be multiplied by. */
  readonly scaled: Value;
};

/**
 * Means are off by gamma_n mean |x|. The variance may be computed in two passes, or as mean x^2 - mean^2, which is off by
 * gamma_n mean x^2: that may exceed the variance, and then nothing is known. Measured on onnxruntime-node 1.30.0, CPU:
 * LayerNormalization and InstanceNormalization take two passes, GroupNormalization one; results may be computed as
 * x scale + (shift - mean scale), which is off by some u |x| scale.
 */
function partsOf({ p, rounding }: IntervalContext, x: Interval, epsilon: number): Parts {
  const axis = x.lower.shape.length - 1;
  const count = staticDim(x.lower.shape, axis);
  const mean = (value: Value) => p.mul(p.reduceSum(value, [axis]), 1 / count);
  const size = greatestMagnitude(p, x);
  const magnitude = p.add(size, mean(size));
  const relative = rounding.deployed(2 * count + 16) + rounding.program(2 * count + 32);
  const tiny = rounding.underflow(4 * count + 16);
  const lost = p.add(p.mul(magnitude, relative), tiny);
  // The mean without x_i, which counts 1 - 1 / n in the difference.
  const from = (own: Value, others: Value) =>
    p.sub(p.mul(own, 1 - 1 / count), p.sub(mean(others), p.mul(others, 1 / count)));
  const centred = { lower: p.sub(from(x.lower, x.upper), lost), upper: p.add(from(x.upper, x.lower), lost) };
  const most = greatestMagnitude(p, centred);
  const least = p.max(p.max(centred.lower, p.neg(centred.upper)), 0);
  const [high, low] = [mean(p.mul(most, most)), mean(p.mul(least, least))];
  const spoilt = p.add(p.mul(p.add(mean(p.mul(size, size)), high), 2 * relative), tiny);
  const floor = p.add(p.sub(low, spoilt), epsilon * (1 - 4 * relative));
  // Neither sums of squares nor those of centred squares overflow in the deployed network.
  const squares = p.mul(p.add(p.mul(mean(p.mul(size, size)), 2), high), count);
  const sound = p.and(p.greater(floor, 0), p.less(squares, rounding.safeMagnitude));
  const positive = p.where(sound, floor, 1);
  const inverse = {
    lower: p.mul(
      p.reciprocal(p.sqrt(p.add(p.add(high, spoilt), epsilon * (1 + 4 * relative)))),
      1 - 4 * relative,
    ),
    upper: p.mul(p.reciprocal(p.sqrt(positive)), 1 + 4 * relative),
  };
  // (x_i - mean)^2 <= (n - 1) variance; what spoils the variance beyond epsilon adds to the quotient.
  const ratio = p.max(p.div(low, positive), 1);
  const greatest = p.mul(p.sqrt(p.mul(ratio, count - 1)), 1 + 4 * relative);
  const error = p.add(p.mul(p.mul(lost, 4), inverse.upper), tiny);
  const scaled = p.mul(p.add(magnitude, 1), inverse.upper);
  return { centred, inverse, greatest, sound, error, scaled };
}

/** Bounds of rows; infinite where the deployed variance plus epsilon may not be positive. */
export function standardisedInterval(
  context: IntervalContext,
  x: Interval,
  { epsilon, gain, shift }: Standardising,
): Interval {
  const { p, rounding } = context;
  const { centred, inverse, greatest, error, sound, scaled } = partsOf(context, x, epsilon);
  const steep = (d: Value, towards: 1 | -1): Value =>
    towards === 1
      ? p.max(p.mul(d, inverse.lower), p.mul(d, inverse.upper))
      : p.min(p.mul(d, inverse.lower), p.mul(d, inverse.upper));
  const unit = outward(
    p,
    rounding,
    {
      lower: p.sub(p.max(steep(centred.lower, -1), p.neg(greatest)), error),
      upper: p.add(p.min(steep(centred.upper, 1), greatest), error),
    },
    8,
  );
  const known = whereSound(p, p.and(sound, finite(p, x)), unit);
  if (gain === undefined && shift === undefined) return known;
  const { lower, upper } = scaleShift(p, rounding, known, gain, shift);
  // The gain may be multiplied by the inverse, and that by x, before anything cancels.
  const fits = p.less(p.mul(p.abs(gain ?? p.scalar(rounding.dtype, 1)), scaled), rounding.safeMagnitude);
  return whereSound(p, fits, { lower, upper });
}

/**
 * Relaxation: with d = x_i - mean, exact, and r between its bounds, d r is least on the concave min(d r_l, d r_u) and greatest
 * on the convex max: chords between the ends of d, of which the unit's own bounds cut nothing off.
 */
export function standardisedRelaxation(
  context: RelaxContext,
  x: Interval,
  { epsilon, gain, shift }: Standardising,
): Relaxation {
  const { p, rounding, bounds } = context;
  const axis = x.lower.shape.length - 1;
  const count = staticDim(x.lower.shape, axis);
  const { centred, inverse, error } = partsOf(context, x, epsilon);
  const flattest = (d: Value) => p.min(p.mul(d, inverse.lower), p.mul(d, inverse.upper));
  const steepest = (d: Value) => p.max(p.mul(d, inverse.lower), p.mul(d, inverse.upper));
  const weights = p.expandLike(p.scalar(rounding.dtype, 1 / count), x.lower);
  // 1 / n is rounded, and so is the mean: in units of slope times |x|.
  const means = p.mul(p.reduceMean(greatestMagnitude(p, x), [axis]), rounding.program(count + 16));
  const size = p.mul(greatestMagnitude(p, centred), inverse.upper);
  const lost = p.add(error, p.mul(size, rounding.deployed(8) + rounding.program(8)));
  const plane = (f: (d: Value) => Value, sign: 1 | -1): SharePlane => {
    const [low, high] = [f(centred.lower), f(centred.upper)];
    const slope = chordSlope(p, centred, low, high, inverse.lower);
    const ends = [p.sub(low, p.mul(slope, centred.lower)), p.sub(high, p.mul(slope, centred.upper))] as const;
    const slack = p.add(lost, p.mul(p.abs(slope), means));
    const scale = p.mul(size, 4);
    return sign === 1
      ? { slope, weights, offset: raised(p, rounding, p.add(p.max(...ends), slack), scale, 8) }
      : { slope, weights, offset: lowered(p, rounding, p.sub(p.min(...ends), slack), scale, 8) };
  };
  const [below, above] = [plane(flattest, -1), plane(steepest, 1)];
  const [lower, upper] = gained(context, below, above, gain, shift);
  const known = (bound: Value) => p.reshape(bound, x.lower.shape);
  return betweenShares(
    context,
    x,
    axis,
    unlessConstantAbove(context, x, axis, lower, known(bounds.lower)),
    unlessConstantBelow(context, x, axis, upper, known(bounds.upper)),
  );
}

/** Planes of gain y + shift; a negative gain exchanges them. */
function gained(
  { p, rounding }: RelaxContext,
  below: SharePlane,
  above: SharePlane,
  gain: Value | undefined,
  shift: Value | undefined,
): [SharePlane, SharePlane] {
  const times = gain ?? p.fillLike(below.slope, 1);
  const plus = shift ?? p.fillLike(below.slope, 0);
  const rising = p.greater(times, 0);
  // The deployed sum rounds in units of the product, which `lost` has, and of the shift.
  const error = p.add(p.mul(p.abs(plus), rounding.deployed(4)), rounding.underflow(8));
  const moved = (plane: SharePlane, other: SharePlane, sign: 1 | -1): SharePlane => {
    const slope = p.mul(p.where(rising, plane.slope, other.slope), times);
    const offset = p.mul(p.where(rising, plane.offset, other.offset), times);
    const sum = p.add(p.add(offset, plus), p.mul(error, sign));
    const size = p.add(p.abs(offset), p.abs(plus));
    return { ...plane, slope, offset: (sign === 1 ? raised : lowered)(p, rounding, sum, size, 4) };
  };
  return [moved(below, above, -1), moved(above, below, 1)];
}

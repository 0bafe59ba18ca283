// Interval bounds of affine layers in mid/rad form (Gowal et al., arXiv 1810.12715, section 3), rounding included.
import { smallestNormal } from '../base/dtype.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import { greatestTerms, type Interval, isOneNumber, type Scales, whereSound } from './interval.js';
import type { Rounding } from './rounding.js';

/** One node: y = W z + b with z in `input`, by dot products of at most `length` terms. */
export type Layer = {
  /** The very object that the rule was given, which tells backward propagation whose bounds they are. */
  readonly input: Interval;
  /** z [...z] -> W z [...y], without bias. */
  linear(z: Value): Value;
  /** z -> |W| z, for z >= 0; |W| as `weightMagnitude` has it. */
  absLinear(z: Value): Value;
  /** Greatest sum of |w| over the terms of one output: at least that; broadcasts to y. */
  readonly norm: Value;
  /** Broadcasts to y; undefined for none. */
  readonly bias: Value | undefined;
  readonly length: number;
  /** Elements of y that read one element of z, at most: terms of the transposed sums. */
  readonly readers: number;
  /** [inputs, outputs] where the layer is one matrix over the last axis, and nothing scaled it since. */
  readonly weight: Value | undefined;
  /** Scales that ONNX Runtime may apply to W z instead of z (MatMulScaleFusion); undefined for 1. */
  readonly late?: Scales | undefined;
};

/** A layer and the constant scales and shifts behind it: y = scale * linear(z) + bias. */
export type Affine = Omit<Layer, 'late'> & {
  /** Broadcasts to y; undefined for 1. */
  readonly scale: Value | undefined;
  /** Bound of |bias| as the deployed network meets it: partial sums such as scale |b| + |shift|, before cancellation. */
  readonly biasMagnitude: Value | undefined;
  /** Roundings by which scale and bias were computed here, at most. */
  readonly merged: number;
  /** While |W| |z| is below this, no partial sum overflows, neither of the layer nor of what was merged into it. */
  readonly limit: Value;
  /** Absolute error of y by underflow, deployed and own. */
  readonly underflow: Value;
};

/** Half-width and midpoint of a box. The rounding of both is covered by `slackOf`, underflow by `freshUnderflow`. */
export function midRad(p: Program, { lower, upper }: Interval): { mid: Value; rad: Value } {
  // Halved first: the sum of two large bounds could overflow.
  const [low, high] = [p.mul(lower, 0.5), p.mul(upper, 0.5)];
  return { mid: p.add(low, high), rad: p.sub(high, low) };
}

/** Midpoint and half-width of a box that contains the given one, whatever computing them rounds. */
export function enclosure(p: Program, rounding: Rounding, box: Interval): { mid: Value; rad: Value } {
  const { mid, rad } = midRad(p, box);
  const slack = p.add(p.mul(p.add(p.abs(mid), rad), rounding.program(6)), 4 * rounding.ownUnderflow);
  return { mid, rad: p.add(rad, slack) };
}

/**
 * Relative error s of one affine layer, in units of |W| |z| + |b|, all sources together. With z = mid + d, |d| <= rad:
 * the deployed result is off by gamma_(n+1) (|W| |z| + |b|), the program's W mid + b by gamma_(n+1) (|W| |mid| + |b|);
 * mid and rad by u (|mid| + rad) each, which also enters |z|; the final mid -+ radius by u (|W| (|mid| + rad) + |b|) and
 * u radius. That is 4 u and products of small terms: 8 u.
 */
export const slackOf = (rounding: Rounding, length: number): number =>
  rounding.deployed(length + spareRoundings) + rounding.program(length + spareRoundings) + 8 * rounding.own;

/** One for the bias, one for a folded scale (w * s rounds once), one for a late alpha, one spare. */
export const spareRoundings = 4;

/** Roundings that one more scale and shift adds: sqrt, reciprocal and products of BatchNormalization are the most. */
const mergeRoundings = 8;

/**
 * |w|, enlarged so that slack |w| |s| |z| also covers the underflow of a folded weight fl(w s), up to 2^-150 |z|, which no
 * constant bounds. With d = 2^-63 and slack >= 2^-22: where |s| < 2^-39, s + d is not rounded away (scaleMagnitude) and
 * slack d (|w| + d) >= 2^-148; else w s is below 2^-126 only for |w| < 2^-87, where |w| + d is not rounded away, and
 * slack d |s| >= 2^-124. A weight of zero folds to zero.
 */
export const weightMagnitude = (p: Program, w: Value): Value =>
  p.add(p.abs(w), p.where(p.equal(w, 0), p.scalar(w.dtype, 0), foldingUnderflow));
export const scaleMagnitude = (p: Program, s: Value): Value => p.add(p.abs(s), foldingUnderflow);
const foldingUnderflow = 2 ** -63;

/**
 * Bounds of the deployed W z + b in any order of summation: W mid + b -+ (|W| (rad + s (|mid| + rad)) + s |b| + underflow).
 * The products with s come before the product with |W|, so that rounding costs no third product.
 */
export function affineInterval(p: Program, rounding: Rounding, layer: Layer): Interval {
  const safe = rounding.safeMagnitude;
  // Late alpha: |W| |x| = |W| |z| / |alpha| must not overflow either, and its underflow is scaled by alpha.
  const room =
    layer.late === undefined ? p.scalar(rounding.dtype, safe) : p.mul(lateRoom(p, layer.late), safe);
  const underflow = freshUnderflow(p, rounding, layer);
  return bounded(p, rounding, {
    ...layer,
    scale: undefined,
    biasMagnitude: layer.bias && p.abs(layer.bias),
    merged: 0,
    limit: layer.bias === undefined ? room : p.min(room, positive(p, p.sub(safe, p.abs(layer.bias)))),
    underflow: layer.late === undefined ? underflow : p.mul(underflow, layer.late.most),
  });
}

/** What late scales leave of a limit; nothing where they are not one number. */
export const lateRoom = (p: Program, late: Scales): Value => p.where(isOneNumber(p, late), late.least, 0);

/** n products and sums on either side, and halved bounds and products with s below |W|: four losses per element of z. */
const freshUnderflow = (p: Program, rounding: Rounding, { norm, length }: Layer): Value =>
  p.add(p.mul(norm, 8 * smallestNormal[rounding.dtype]), rounding.underflow(4 * length + 8));

/** NaN, from a negative variance say, becomes 0: a limit that nothing keeps. */
const positive = (p: Program, limit: Value): Value => p.where(p.greater(limit, 0), limit, 0);

function bounded(p: Program, rounding: Rounding, affine: Affine): Interval {
  const { mid, rad } = midRad(p, affine.input);
  const { radius, sound } = radiusOf(p, rounding, affine, p.abs(mid), rad);
  const center = transformed(p, affine.linear(mid), affine);
  const bounds = { lower: p.sub(center, radius), upper: p.add(center, radius) };
  return { ...whereSound(p, sound, bounds), affine, terms: affine.length };
}

/**
 * How far the deployed scale * linear(z) + bias may be from what the program computes of the midpoint of z, and whether no sum can
 * overflow.
 * @param magnitude >= |midpoint|, and >= the sum of the magnitudes of what it is split into where the program takes it in parts, one
 *   `underflow` for each part more
 * @param rad >= |z - midpoint|
 */
export function radiusOf(
  p: Program,
  rounding: Rounding,
  affine: Affine,
  magnitude: Value,
  rad: Value,
): { readonly radius: Value; readonly sound: Value } {
  const slack = slackOf(rounding, affine.length);
  // The radius is a sum of terms >= 0: computing it is off by a factor of at most 1 + gamma_(n+8).
  const inflate = 1 + 2 * rounding.program(affine.length + 8);
  const reach = p.add(p.mul(rad, (1 + slack) * inflate), p.mul(magnitude, slack * inflate));
  const core = affine.absLinear(reach);
  const spread = affine.scale === undefined ? core : p.mul(core, scaleMagnitude(p, affine.scale));
  const constant =
    affine.biasMagnitude === undefined
      ? affine.underflow
      : p.add(p.mul(affine.biasMagnitude, slack * inflate), affine.underflow);
  const radius = p.add(spread, constant);
  // core >= slack |W| |z|, so a small core rules out that any partial sum overflows, here or when deployed.
  // It is NaN or infinite where z is unbounded, even where the weight is zero: 0 times infinity.
  return { radius, sound: p.less(core, p.mul(affine.limit, slack)) };
}

function transformed(p: Program, product: Value, { scale, bias }: Affine): Value {
  const scaled = scale === undefined ? product : p.mul(product, scale);
  return bias === undefined ? scaled : p.add(scaled, bias);
}

/** z itself, as a layer of one term: what a scale and shift of any value is merged into. */
const identityLayer = (p: Program, rounding: Rounding, x: Interval): Affine => ({
  input: x,
  linear: (z) => z,
  absLinear: (z) => z,
  readers: 1,
  norm: p.scalar(rounding.dtype, 1),
  bias: undefined,
  biasMagnitude: undefined,
  merged: 0,
  // ONNX Runtime may move the shift into a layer some reshapes before.
  length: greatestTerms(x),
  weight: undefined,
  scale: undefined,
  limit: p.scalar(rounding.dtype, rounding.safeMagnitude),
  underflow: p.scalar(rounding.dtype, rounding.underflow(8)),
});

/**
 * scale * x + shift for constants that broadcast against x: merged into x's own affine form where it has one, because
 * ONNX Runtime may fold the two (Conv + BatchNormalization, MatMul + Add) and then rounds in another order.
 * `mergeRoundings` cover both the folded and the unfolded computation, and constants that are themselves computed.
 * @param sound false where nothing is known of the result
 */
export function scaleShift(
  p: Program,
  rounding: Rounding,
  x: Interval,
  scale: Value | undefined,
  shift: Value | undefined,
  shiftMagnitude: Value | undefined = shift && p.abs(shift),
  sound?: Value,
): Interval {
  const inner = x.affine ?? identityLayer(p, rounding, x);
  const times = (value: Value | undefined, factor: Value | undefined) =>
    value && factor ? p.mul(value, factor) : value;
  const sum = (a: Value | undefined, b: Value | undefined) => (a && b ? p.add(a, b) : (a ?? b));
  const size = scale && scaleMagnitude(p, scale);
  const merged: Affine = {
    ...inner,
    scale: inner.scale && scale ? p.mul(inner.scale, scale) : (inner.scale ?? scale),
    bias: sum(times(inner.bias, scale), shift),
    biasMagnitude: sum(times(inner.biasMagnitude, size), shiftMagnitude),
    length: inner.length + mergeRoundings,
    merged: inner.merged + mergeRoundings,
    weight: scale === undefined ? inner.weight : undefined,
    underflow: p.add(times(inner.underflow, size) ?? inner.underflow, freshUnderflow(p, rounding, inner)),
  };
  const limit = mergedLimit(p, rounding, inner.limit, merged);
  return bounded(p, rounding, { ...merged, limit: sound ? p.where(sound, limit, 0) : limit });
}

/** The inner limit, and: scale |W| |z| + |bias| does not overflow, nor does a folded weight w * scale. */
function mergedLimit(p: Program, rounding: Rounding, inner: Value, { scale, biasMagnitude, norm }: Affine) {
  const safe = rounding.safeMagnitude;
  const room = biasMagnitude === undefined ? p.scalar(rounding.dtype, safe) : p.sub(safe, biasMagnitude);
  if (scale === undefined) return p.min(inner, positive(p, room));
  const size = scaleMagnitude(p, scale);
  const limit = p.min(inner, positive(p, p.div(room, size)));
  return p.where(p.less(p.mul(norm, size), safe), limit, 0);
}

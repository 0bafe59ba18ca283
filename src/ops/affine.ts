// Interval bounds of affine layers in mid/rad form (Gowal et al., arXiv 1810.12715, section 3), rounding included.
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import { finite, type Interval, whereSound } from './interval.js';
import type { Rounding } from './rounding.js';

/** y = linear(z) + bias, with z in `input`, computed by dot products of at most `length` terms. */
export type Affine = {
  readonly input: Interval;
  /** z [...z] -> W z [...y], without bias. */
  linear(z: Value): Value;
  /** z -> |W| z, for z >= 0. */
  absLinear(z: Value): Value;
  /** Broadcasts to y; undefined for none. */
  readonly bias: Value | undefined;
  /** Bound of |bias| as the deployed network meets it: partial sums such as scale |b| + |shift|, before cancellation. */
  readonly biasMagnitude: Value | undefined;
  readonly length: number;
  /** [inputs, outputs] where the layer is one matrix over the last axis. */
  readonly weight: Value | undefined;
};

/** Half-width and midpoint of a box. The rounding of both is covered by `slackOf`. */
export function midRad(p: Program, { lower, upper }: Interval): { mid: Value; rad: Value } {
  // Halved first: the sum of two large bounds could overflow.
  const [low, high] = [p.mul(lower, 0.5), p.mul(upper, 0.5)];
  return { mid: p.add(low, high), rad: p.sub(high, low) };
}

/**
 * Relative error of one affine layer in units of |W| |z| + |b|, all sources together:
 * gamma_(n+4) of the deployed network and of the bound program's own W mid + b; four roundings for mid and rad
 * (each within u of |mid| + rad) and for the final mid -+ rad (each within u of |W| (|mid| + rad) + |b|), doubled for slack.
 */
export const slackOf = (rounding: Rounding, length: number): number =>
  rounding.deployed(length + spareRoundings) + rounding.program(length + spareRoundings) + 8 * rounding.own;

/** One for the bias, and some for what ONNX Runtime may fuse behind the layer: an addition, a scale and shift. */
const spareRoundings = 4;

/**
 * Bounds of the deployed W z + b in any order of summation: W mid + b -+ (|W| (rad + s (|mid| + rad)) + s |b| + underflow).
 * The products with s come before the product with |W|, so that rounding costs no third product.
 */
export function affineInterval(p: Program, rounding: Rounding, affine: Affine): Interval {
  const { mid, rad } = midRad(p, affine.input);
  const slack = slackOf(rounding, affine.length);
  // The radius is a sum of terms >= 0: computing it is off by a factor of at most 1 + gamma_(n+8).
  const inflate = 1 + 2 * rounding.program(affine.length + 8);
  const reach = p.add(p.mul(rad, (1 + slack) * inflate), p.mul(p.abs(mid), slack * inflate));
  const underflow = rounding.underflow(4 * affine.length + 8);
  const constant =
    affine.biasMagnitude === undefined
      ? p.scalar(rounding.dtype, underflow)
      : p.add(p.mul(affine.biasMagnitude, slack * inflate), underflow);
  const radius = p.add(affine.absLinear(reach), constant);
  const product = affine.linear(mid);
  const center = affine.bias === undefined ? product : p.add(product, affine.bias);
  // radius >= slack (|W| |z| + |b|), so a small radius rules out that any partial sum overflows, here or when deployed.
  const sound = p.less(radius, slack * rounding.safeMagnitude);
  const bounds = { lower: p.sub(center, radius), upper: p.add(center, radius) };
  return { ...whereSound(p, sound, bounds), affine };
}

/**
 * scale * x + shift for constants that broadcast against x: merged into x's own affine form where it has one, because
 * ONNX Runtime may fold the two (Conv + BatchNormalization, MatMul + Add) and then rounds in another order.
 * Eight more roundings cover both the folded and the unfolded computation, and constants that are themselves computed.
 */
export function scaleShift(
  p: Program,
  rounding: Rounding,
  x: Interval,
  scale: Value | undefined,
  shift: Value | undefined,
  shiftMagnitude: Value | undefined = shift && p.abs(shift),
): Interval {
  const scaled = (value: Value) => (scale === undefined ? value : p.mul(value, scale));
  const absScaled = (value: Value) => (scale === undefined ? value : p.mul(value, p.abs(scale)));
  const inner = x.affine;
  const sum = (a: Value | undefined, b: Value | undefined) => (a && b ? p.add(a, b) : (a ?? b));
  const merged = affineInterval(p, rounding, {
    input: inner?.input ?? x,
    linear: (z) => scaled(inner ? inner.linear(z) : z),
    absLinear: (z) => absScaled(inner ? inner.absLinear(z) : z),
    bias: sum(inner?.bias && scaled(inner.bias), shift),
    biasMagnitude: sum(inner?.biasMagnitude && absScaled(inner.biasMagnitude), shiftMagnitude),
    length: (inner?.length ?? 1) + 8,
    weight: mergedWeight(p, inner, scale),
  });
  // A small scale must not hide that the inner layer overflows.
  return { ...merged, ...whereSound(p, finite(p, x), merged) };
}

/** The matrix of a merged layer, where the scale is none or one number per output. */
function mergedWeight(p: Program, inner: Affine | undefined, scale: Value | undefined): Value | undefined {
  if (inner?.weight === undefined || scale === undefined) return inner?.weight;
  return scale.shape.length <= 1 ? p.mul(inner.weight, scale) : undefined;
}

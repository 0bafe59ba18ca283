// Bounds of a value: lower <= value <= upper, element by element.
//
// Invariants that every rule keeps:
// - A bound is never NaN.
// - A value that may be infinite or NaN in the deployed network has an infinite upper bound, and then the lower bound says
//   nothing: MaxPool swallows NaN (its result may be -3.4e38). So only what is `finite` on both sides is known at all;
//   rules that squash or turn around (sigmoid, negation) pass infinite bounds on with `unlessInfinite`.
import { greatestFinite } from '../base/dtype.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import type { Affine } from './affine.js';
import type { Rounding } from './rounding.js';

export type Interval = {
  /** Same shape as the value; the identical object as `upper` for constants. */
  readonly lower: Value;
  readonly upper: Value;
  /** Where the value is affine in bounded values: lets a following scale, shift or margin be merged into it. */
  readonly affine?: Affine;
  /** Terms of the affine layer that this is, moved around at most: ONNX Runtime may fuse a following sum into it. */
  readonly terms?: number;
  /** Numbers by which nodes multiplied, before and after a MatMul, moved around since at most: MatMul may apply them all. */
  readonly scaledBy?: Scales;
  /** By how many steps of a quantisation that follows ONNX Runtime's fused kernel of both may be off; see quantize.ts. */
  readonly spareSteps?: number;
  /** Where the value was just quantised: ONNX Runtime may merge it with a quantisation that follows. */
  readonly grid?: Grid;
  /** Pad put zeros around it, and it was moved since at most: ONNX Runtime may leave them out of a MaxPool that follows. */
  readonly padded?: true;
};

/** At most and at least every product of some of the numbers' magnitudes; `merged` where a MatMul is among the nodes. */
export type Scales = { readonly least: Value; readonly most: Value; readonly merged: boolean };

/** Where the product is a float32 without underflow and overflow. */
export const isOneNumber = (p: Program, { least, most }: Scales): Value =>
  p.and(p.greaterOrEqual(least, 2 ** -100), p.lessOrEqual(most, 2 ** 100));

/** What (value - zero) * scale makes of integers; both broadcast to the value. */
export type Grid = { readonly scale: Value; readonly zero: Value };

export const point = (value: Value): Interval => ({ lower: value, upper: value });
export const isPoint = ({ lower, upper }: Interval): boolean => lower === upper;

/** For functions without rounding that keep order, such as max. */
export const monotone = (x: Interval, f: (value: Value) => Value): Interval => ({
  lower: f(x.lower),
  upper: f(x.upper),
});

/** For functions that only move elements: what ONNX Runtime may fuse, it may fuse across them. */
export const moved = (x: Interval, f: (value: Value) => Value): Interval => ({
  ...monotone(x, f),
  ...(x.terms !== undefined && { terms: x.terms }),
  ...(x.scaledBy && { scaledBy: x.scaledBy }),
  ...(x.padded && { padded: x.padded }),
});

/** Terms of the longest sum that an addition to one of these may join. */
export const greatestTerms = (...intervals: readonly Interval[]): number =>
  Math.max(1, ...intervals.map(({ terms }) => terms ?? 1));

/** Infinite bounds where `sound` is false. */
export function whereSound(p: Program, sound: Value, { lower, upper }: Interval): Interval {
  return { lower: p.where(sound, lower, -Infinity), upper: p.where(sound, upper, Infinity) };
}

/** True where all of these bounds are finite. */
export function finite(p: Program, ...intervals: readonly Interval[]): Value {
  const tests = intervals.flatMap(({ lower, upper }) => {
    const limit = greatestFinite[lower.dtype === 'float64' ? 'float64' : 'float32'];
    return [p.greaterOrEqual(lower, -limit), p.lessOrEqual(upper, limit)];
  });
  return tests.reduce((all, next) => p.and(all, next));
}

/** The bounds of a squashing function, infinite where its argument's are. */
export const unlessInfinite = (p: Program, x: Interval, bounds: Interval): Interval =>
  whereSound(p, finite(p, x), bounds);

/**
 * Moves bounds outward by `k` roundings of the deployed network and the bound program's own, and by underflow;
 * infinite where a bound comes near overflow.
 * Why: v - gamma |v| grows with v, so that the least deployed value is that of the lower bound L. The program has L up to
 * one rounding and loses three more: the product, the sum and the difference. Then gamma_k + gamma_(3+1) in |L| suffices,
 * as long as L itself was computed by one rounding; rules that need more add to k.
 */
export function outward(p: Program, rounding: Rounding, { lower, upper }: Interval, k: number): Interval {
  const relative = rounding.deployed(k) + rounding.program(k + 4);
  const absolute = rounding.underflow(k + 4);
  const slack = (bound: Value) => p.add(p.mul(p.abs(bound), relative), absolute);
  const shifted = { lower: p.sub(lower, slack(lower)), upper: p.add(upper, slack(upper)) };
  const limit = rounding.safeMagnitude;
  const sound = p.and(p.greaterOrEqual(shifted.lower, -limit), p.lessOrEqual(shifted.upper, limit));
  return whereSound(p, sound, shifted);
}

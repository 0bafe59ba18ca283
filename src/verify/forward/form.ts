// Affine forms (de Figueiredo and Stolfi, Affine arithmetic, 2004): what a value is, as a function of where in its box the input is.
import { enclosure } from '../../ops/affine.js';
import { finite, type Interval, whereSound } from '../../ops/interval.js';
import type { Rounding } from '../../ops/rounding.js';
import { type Dims, staticSize } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';

/**
 * For every input of the box there is one e in [-1, 1]^moves such that, for all values at once, the deployed value is within `radius` of
 * center + sum_k slopes_k e_k. A radius that is infinite or NaN says nothing.
 */
export type Form = {
  readonly center: Value;
  /** [moves, ...value]; undefined for none. */
  readonly slopes: Value | undefined;
  readonly radius: Value;
};

export type Arithmetic = { readonly p: Program; readonly rounding: Rounding };

export const unknownRadius = Infinity;

/** Of the input [...input]: one move for each element of `moving`; others are taken as intervals. Elements that are points are exact. */
export function inputForm({ p, rounding }: Arithmetic, box: Interval, moving: readonly number[]): Form {
  const around = enclosure(p, rounding, box);
  const isPoint = p.equal(box.lower, box.upper);
  const [mid, rad] = [p.where(isPoint, box.lower, around.mid), p.where(isPoint, 0, around.rad)];
  const { shape } = mid;
  const size = staticSize(shape);
  const [units, still] = [new Float32Array(moving.length * size), new Float32Array(size).fill(1)];
  moving.forEach((element, move) => {
    units[move * size + element] = 1;
    still[element] = 0;
  });
  const constant = (data: Float32Array<ArrayBuffer>, dims: Dims) =>
    p.cast(p.constant({ dtype: 'float32', shape: dims.map(Number), data }), rounding.dtype);
  return {
    center: mid,
    slopes: p.mul(constant(units, [moving.length, ...shape]), rad),
    radius: p.mul(constant(still, shape), rad),
  };
}

/** Anything within the bounds. */
export function intervalForm({ p, rounding }: Arithmetic, bounds: Interval): Form {
  const { mid, rad } = enclosure(p, rounding, bounds);
  return { center: mid, slopes: undefined, radius: unlessUnbounded(p, bounds, rad) };
}

export const unlessUnbounded = (p: Program, bounds: Interval, radius: Value): Value =>
  p.where(finite(p, bounds), radius, unknownRadius);

/** At least sum_k |slopes_k|: how far from its center the value moves, `radius` apart. */
export function reachOf({ p, rounding }: Arithmetic, { center, slopes }: Form): Value {
  if (slopes === undefined) return p.fillLike(center, 0);
  const moves = Number(slopes.shape[0]);
  const sum = p.reshape(p.reduceSum(p.abs(slopes), [0]), center.shape);
  return p.add(p.mul(sum, 1 + 2 * rounding.program(moves + 2)), moves * rounding.ownUnderflow);
}

/** At least |center| + sum_k |slopes_k| + radius: what rounding is in units of. */
export const magnitudeOf = (arithmetic: Arithmetic, form: Form): Value => {
  const { p, rounding } = arithmetic;
  const sum = p.add(p.add(p.abs(form.center), reachOf(arithmetic, form)), form.radius);
  return p.mul(sum, 1 + rounding.program(8));
};

/** Bounds of the value, rounded outward. */
export function boundsOf(arithmetic: Arithmetic, form: Form): Interval {
  const { p, rounding } = arithmetic;
  const { center, radius } = form;
  const reach = p.mul(p.add(reachOf(arithmetic, form), radius), 1 + 2 * rounding.program(4));
  const slack = p.add(p.mul(p.add(p.abs(center), reach), rounding.program(6)), 4 * rounding.ownUnderflow);
  const spread = p.add(reach, slack);
  const bounds = { lower: p.sub(center, spread), upper: p.add(center, spread) };
  return whereSound(p, finite(p, bounds), bounds);
}

/** What is known of a value by bounds alone takes the place of its form wherever that is less certain, whatever the input is. */
export function rebased(arithmetic: Arithmetic, form: Form, bounds: Interval): Form {
  const { p } = arithmetic;
  const alone = intervalForm(arithmetic, bounds);
  const isKept = p.lessOrEqual(form.radius, alone.radius);
  return {
    center: p.where(isKept, form.center, alone.center),
    slopes: form.slopes && p.where(isKept, form.slopes, 0),
    radius: p.where(isKept, form.radius, alone.radius),
  };
}

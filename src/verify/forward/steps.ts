// From the affine forms of what a node reads to that of its result.
import { type Affine, radiusOf } from '../../ops/affine.js';
import type { Interval } from '../../ops/interval.js';
import { transposed } from '../../ops/linear.js';
import { greatestMagnitude } from '../../ops/lines.js';
import type { Lines, RelaxedInput } from '../../ops/relaxation.js';
import type { Value } from '../../program/value.js';
import { vmap } from '../../program/vmap.js';
import { type Arithmetic, type Form, magnitudeOf, reachOf, unknownRadius, unlessUnbounded } from './form.js';

/** y = scale * linear(z) + bias of the deployed network: `radius` goes through |W|, as in interval bounds. */
export function affineForm(arithmetic: Arithmetic, affine: Affine, z: Form): Form {
  const { p, rounding } = arithmetic;
  const { scale, bias } = affine;
  const linear = (x: Value) => (scale === undefined ? affine.linear(x) : p.mul(affine.linear(x), scale));
  const magnitude = p.mul(p.add(p.abs(z.center), reachOf(arithmetic, z)), 1 + rounding.program(4));
  const { radius, sound } = radiusOf(p, rounding, affine, magnitude, z.radius);
  const product = linear(z.center);
  const moves = z.slopes === undefined ? 0 : Number(z.slopes.shape[0]);
  // Each move is one product more that may underflow.
  const whole = p.mul(p.add(radius, p.mul(affine.underflow, moves)), 1 + 2 * rounding.program(4));
  return {
    center: bias === undefined ? product : p.add(product, bias),
    slopes: z.slopes && eachMove(arithmetic, z.slopes, linear),
    radius: p.where(sound, whole, unknownRadius),
  };
}

/** A linear map of one value, of every move. */
function eachMove({ p }: Arithmetic, slopes: Value, linear: (x: Value) => Value): Value {
  const { dtype, shape } = slopes;
  const one = p.input(`#move ${dtype}[${shape.slice(1).join()}]`, dtype, shape.slice(1));
  return vmap(p, linear(one), new Map([[one, slopes]])).value;
}

/**
 * y between two lines over z in [l, u], element by element: the line of the middle slope, with what the others may differ from it there.
 * @param bounds of z
 */
export function lineForm(arithmetic: Arithmetic, lines: Lines, bounds: Interval, y: Interval, z: Form): Form {
  const { p, rounding } = arithmetic;
  const { lower, upper, lowerOffset, upperOffset } = lines;
  const middle = p.add(p.mul(lower, 0.5), p.mul(upper, 0.5));
  const ends = (slope: Value) => [p.mul(slope, bounds.lower), p.mul(slope, bounds.upper)] as const;
  const [below, above] = [ends(p.sub(lower, middle)), ends(p.sub(upper, middle))];
  const [least, most] = [p.add(lowerOffset, p.min(...below)), p.add(upperOffset, p.max(...above))];
  const [low, high] = [p.mul(least, 0.5), p.mul(most, 0.5)];
  const slopeSizes = p.add(p.add(p.abs(lower), p.abs(upper)), p.abs(middle));
  const offsetSizes = p.add(p.abs(lowerOffset), p.abs(upperOffset));
  const reach = p.add(greatestMagnitude(p, bounds), magnitudeOf(arithmetic, z));
  const moves = z.slopes === undefined ? 0 : Number(z.slopes.shape[0]);
  const lost = p.add(
    p.mul(p.add(p.mul(slopeSizes, reach), offsetSizes), rounding.program(16)),
    (moves + 16) * rounding.ownUnderflow,
  );
  // Where one line with a slope of 0 or 1 is the function itself, nothing rounds.
  const zero = p.scalar(rounding.dtype, 0);
  const isExact = [
    p.equal(lower, upper),
    p.or(p.equal(lower, 0), p.equal(lower, 1)),
    p.equal(offsetSizes, 0),
  ].reduce((all, next) => p.and(all, next));
  const kept = p.add(p.mul(p.abs(middle), z.radius), p.sub(high, low));
  const radius = p.add(p.mul(kept, 1 + 2 * rounding.program(8)), p.where(isExact, zero, lost));
  return {
    center: p.add(p.mul(middle, z.center), p.add(low, high)),
    slopes: z.slopes && p.mul(z.slopes, middle),
    radius: unlessUnbounded(p, bounds, unlessUnbounded(p, y, radius)),
  };
}

/** One input of a node that moves, adds or negates: no element of the result reads two of one input. */
export type MovedPart = { readonly part: RelaxedInput; readonly form: Form };

/**
 * y = sum of the parts + offset, within gap.
 * @param y bounds of the result
 */
export function movedForm(
  arithmetic: Arithmetic,
  parts: readonly MovedPart[],
  offset: Value | undefined,
  gap: Value | undefined,
  y: Interval,
): Form {
  const { p, rounding } = arithmetic;
  const moved = parts.map(({ part, form }) => {
    const forth = forthOf(arithmetic, part, form.center, y.lower);
    return {
      center: forth(form.center),
      slopes: form.slopes && eachMove(arithmetic, form.slopes, forth),
      radius: p.abs(forth(form.radius)),
      magnitude: p.abs(forth(magnitudeOf(arithmetic, form))),
    };
  });
  const sum = (values: readonly (Value | undefined)[]): Value | undefined =>
    values.reduce((a, b) => (a && b ? p.add(a, b) : (a ?? b)), undefined);
  const like = p.fillLike(y.lower, 0);
  const center = sum([...moved.map((each) => each.center), offset]) ?? like;
  const magnitude = sum([...moved.map((each) => each.magnitude), offset && p.abs(offset)]) ?? like;
  const own = rounding.program(2 * parts.length + 16);
  const isPlain = parts.length === 1 && gap === undefined && offset === undefined;
  const lost = p.add(p.mul(magnitude, own), 64 * rounding.ownUnderflow);
  const spread = sum([...moved.map((each) => each.radius), gap, isPlain ? undefined : lost]) ?? like;
  const radius = isPlain ? spread : p.mul(spread, 1 + 2 * own);
  return {
    center,
    slopes: sum(moved.map((each) => each.slopes)),
    radius: unlessUnbounded(p, y, radius),
  };
}

/** The map of which `back` is the transpose: [...z] -> [...y]. */
function forthOf({ p }: Arithmetic, { back }: RelaxedInput, z: Value, y: Value): (x: Value) => Value {
  const onOne = (coefficients: Value) => {
    const row = p.reshape(coefficients, [1, ...coefficients.shape]);
    return p.reshape(back(row, row), z.shape);
  };
  const forth = transposed(p, onOne, y);
  return (x) => p.reshape(forth(p.reshape(x, [1, ...z.shape])), y.shape);
}

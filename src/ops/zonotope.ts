// A value as a linear function of what is uncertain about the input, and the range of its combinations: much tighter than combinations
// of its bounds, where elements depend on the same inputs.
import { staticSize } from '../program/dims.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import { midRad } from './affine.js';
import type { Interval } from './interval.js';
import type { Rounding } from './rounding.js';

/** v = generators . x + e for some x in [-1, 1]^n and e in [lower, upper]. */
export type Zonotope = {
  /** [...v, n] */
  readonly generators: Value;
  readonly lower: Value;
  readonly upper: Value;
};

/** Generators and rest for `rangesOf`, which depend on no rows. */
export type Spread = {
  /** [...b, k, n] as [n, k * generators] for each entry of the leading axes. */
  readonly matrices: readonly Value[];
  readonly generators: number;
  /** [...b, k, n]: middle of the rest, and its reach with all that `rangesOf` rounds. */
  readonly mid: Value;
  readonly reach: Value;
};

/** Of a value [...b, k, n]. */
export function spreadOf(p: Program, rounding: Rounding, zonotope: Zonotope): Spread {
  const { generators } = zonotope;
  const { shape } = zonotope.lower;
  const [k, n] = shape.slice(-2).map(Number) as [number, number];
  const entries = staticSize(shape.slice(0, -2));
  const count = Number(generators.shape.at(-1));
  const perEntry = p.transpose(p.reshape(generators, [entries, k, n, count]), [0, 2, 1, 3]);
  const { mid, rad } = midRad(p, zonotope);
  const size = p.reshape(p.reduceSum(p.abs(generators), [generators.shape.length - 1]), shape);
  const sizes = p.add(p.add(p.abs(mid), rad), p.mul(size, 1 + 2 * rounding.program(count + 4)));
  return {
    matrices: Array.from({ length: entries }, (_, at) =>
      p.reshape(p.slice(perEntry, 0, at, at + 1), [n, k * count]),
    ),
    generators: count,
    mid,
    reach: p.add(rad, p.mul(sizes, rounding.program(2 * n + 32))),
  };
}

/**
 * Bounds of sum_n a[.., m, n] v[.., k, n] for every row: a [rows, ...b, m, n] -> [rows, ...b, m, k]. Rounding: products with
 * generators are off by gamma_n of sum |a| |generators|, which `spreadOf` has in its reach, as it has gamma of |a| |mid|; sums of what
 * is >= 0 by a factor.
 */
export function rangesOf(p: Program, rounding: Rounding, spread: Spread, a: Value): Interval {
  const { matrices, generators, mid, reach } = spread;
  const [rows = 1, ...shape] = a.shape;
  const [m, n] = shape.slice(-2).map(Number) as [number, number];
  const k = Number(mid.shape.at(-2));
  const perEntry = p.reshape(a, [rows, matrices.length, m, n]);
  const deviations = matrices.map((matrix, at) => {
    const own = p.reshape(p.slice(perEntry, 1, at, at + 1), [rows, m, n]);
    const sizes = p.reshape(p.abs(p.matmul(own, matrix)), [rows, m, k, generators]);
    return p.reshape(p.reduceSum(sizes, [3]), [rows, 1, m, k]);
  });
  const result = [rows, ...shape.slice(0, -2), m, k];
  const deviation = p.reshape(p.concat(deviations, 1), result);
  const center = p.matmul(a, p.transposeLast(mid));
  const rest = p.matmul(p.abs(a), p.transposeLast(reach));
  const factor = 1 + 2 * rounding.program(generators + n + 32);
  const underflow = 8 * (n + 2) * (generators + 2) * rounding.ownUnderflow;
  const radius = p.add(p.mul(p.add(deviation, rest), factor), underflow);
  return { lower: p.sub(center, radius), upper: p.add(center, radius) };
}

/** The same of a box [...b, k, n]: no generators. */
export function boxRangesOf(p: Program, rounding: Rounding, box: Interval, a: Value): Interval {
  const { mid, rad } = midRad(p, box);
  const n = Number(mid.shape.at(-1));
  const reach = p.add(rad, p.mul(p.add(p.abs(mid), rad), rounding.program(2 * n + 32)));
  const center = p.matmul(a, p.transposeLast(mid));
  const spread = p.matmul(p.abs(a), p.transposeLast(reach));
  const factor = 1 + 2 * rounding.program(n + 32);
  const radius = p.add(p.mul(spread, factor), 8 * (n + 2) * rounding.ownUnderflow);
  return { lower: p.sub(center, radius), upper: p.add(center, radius) };
}

// Boxes of float64 numbers, as files state them, and the float32 numbers that networks are run on.
import { roundDown, roundUp } from '../../base/float32-rounding.js';
import type { Disjunct } from '../../policy/vnnlib/property.js';

export type Float32Box = {
  /** [inputs] each */
  readonly lower: Float32Array<ArrayBuffer>;
  readonly upper: Float32Array<ArrayBuffer>;
};

/** The least float32 box around a float64 box: what is proved of it holds for the file's. */
export const boxAround = ({ lower, upper }: Pick<Disjunct, 'lower' | 'upper'>): Float32Box => ({
  lower: Float32Array.from(lower, roundDown),
  upper: Float32Array.from(upper, roundUp),
});

/**
 * The float32 inputs that count as inputs of a float64 box: those between its bounds. An element whose bounds have no float32
 * number between them has the one that is nearest to its lower bound: else no network could be run on such a property.
 */
export function admissible({ lower, upper }: Pick<Disjunct, 'lower' | 'upper'>): Float32Box {
  const [least, most] = [Float32Array.from(lower, roundUp), Float32Array.from(upper, roundDown)];
  least.forEach((value, at) => {
    if (!(value <= (most[at] ?? Number.NaN))) least[at] = most[at] = Math.fround(lower[at] ?? Number.NaN);
  });
  return { lower: least, upper: most };
}

/** The point of the box that is nearest to `point`, element by element; not a number becomes the lower bound. */
export const clamped = ({ lower, upper }: Float32Box, point: Float32Array): Float32Array<ArrayBuffer> =>
  lower.map((least, at) => {
    const value = point[at] ?? least;
    return value >= least ? Math.min(value, upper[at] ?? value) : least;
  });

/** Boxes of disjuncts, each made once: disjuncts of equal boxes share their arrays. */
export function boxCache(make: (disjunct: Disjunct) => Float32Box): (disjunct: Disjunct) => Float32Box {
  const made = new Map<Float64Array, Map<Float64Array, Float32Box>>();
  return (disjunct) => {
    const byUpper = made.get(disjunct.lower) ?? new Map<Float64Array, Float32Box>();
    made.set(disjunct.lower, byUpper);
    const box = byUpper.get(disjunct.upper) ?? make(disjunct);
    byUpper.set(disjunct.upper, box);
    return box;
  };
}

// Inputs between the seed and a violating input: every element at most as far from the seed as before. Elements of whole numbers
// stay whole.
import { atLevel, levelOf, nearestLevel } from './nearest-level.js';
import type { Search } from './search.js';

/** No element farther from the seed than `most`: the violating input that is farthest within that linf distance. */
export function clipped({ seed, integer }: Search, input: Float32Array, most: number): Float32Array {
  return input.map((value, at) => nearer(seed[at] ?? 0, value, most, integer?.[at] === 1));
}

/** A point of the segment from the seed to the input. @param share 0 to 1 */
export function scaled({ seed, integer }: Search, input: Float32Array, share: number): Float32Array {
  return input.map((value, at) => {
    const before = seed[at] ?? 0;
    return nearer(before, value, share * Math.abs(value - before), integer?.[at] === 1);
  });
}

/** The float32 (or whole number) farthest from the seed's, towards `value` and at most `most` away. */
export function nearer(seed: number, value: number, most: number, isWhole: boolean): number {
  const change = value - seed;
  if (Math.abs(change) <= most) return value;
  if (isWhole) return seed + Math.sign(change) * Math.floor(most);
  const near = Math.fround(seed + Math.sign(change) * most);
  return Math.abs(near - seed) <= most ? near : neighbour(near, seed);
}

/** The next float32 in the direction of another. */
function neighbour(value: number, towards: number): number {
  if (value === 0) return Math.sign(towards) * atLevel(1);
  const away = Math.abs(towards) > Math.abs(value) && Math.sign(towards) === Math.sign(value);
  return Math.sign(value) * atLevel(levelOf(Math.abs(value)) + (away ? 1 : -1));
}

/** The smallest linf distance at which the input, clipped to it, violates. */
export async function clip(search: Search, input: Float32Array): Promise<Float32Array> {
  const { seed } = search;
  const farthest = input.reduce((most, value, at) => Math.max(most, Math.abs(value - (seed[at] ?? 0))), 0);
  // Rounded up, so that nothing is clipped there.
  const greatest = levelOf(farthest) + (Math.fround(farthest) < farthest ? 1 : 0);
  const level = await nearestLevel(search, greatest, (candidate) =>
    clipped(search, input, atLevel(candidate)),
  );
  return level === greatest ? input : clipped(search, input, atLevel(level));
}

/** The point of the segment from the seed that is nearest to it and violates. */
export async function scale(search: Search, input: Float32Array): Promise<Float32Array> {
  const greatest = levelOf(1);
  const level = await nearestLevel(search, greatest, (share) => scaled(search, input, atLevel(share)));
  return level === greatest ? input : scaled(search, input, atLevel(level));
}

// Elements of a value whose bounds can matter to what reads it, and how much.
import type { Bounds } from './bounds.js';

/** Positive where tighter bounds of an element can matter: at a kink how far the nearer end is on its side, elsewhere the width. */
export const doubtOf = (kinkOnly: boolean, lower: number, upper: number): number =>
  kinkOnly ? Math.min(-lower, upper) : upper - lower;

/** In their order. Unbounded ones are left out: nothing would make them better. */
export function uncertain({ lower, upper }: Bounds, kinkOnly: boolean): number[] {
  const open: number[] = [];
  for (let at = 0; at < lower.length; at++) {
    const doubt = doubtOf(kinkOnly, lower[at] ?? 0, upper[at] ?? 0);
    if (doubt > 0 && doubt < Infinity) open.push(at);
  }
  return open;
}

/** Those of `open` that are the least certain, `most` at most, in their order. */
export function leastCertain(
  { lower, upper }: Bounds,
  kinkOnly: boolean,
  open: readonly number[],
  most: number,
): readonly number[] {
  if (open.length <= most) return open;
  const doubt = (at: number) => doubtOf(kinkOnly, lower[at] ?? 0, upper[at] ?? 0);
  return [...open]
    .sort((a, b) => doubt(b) - doubt(a))
    .slice(0, most)
    .sort((a, b) => a - b);
}

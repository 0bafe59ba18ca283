// Linear bounds of rectifiers over the bounds of what they read (Zhang et al., arXiv 1811.00866, section 3): below slope x, above
// chord x + offset; where the sign is known, by the bounds or by a split, x itself or 0.
import type { Bounds } from './intervals.js';

/** Of one rectifying step, by element. */
export type Lines = {
  /** In [0, 1]. */
  readonly below: Float64Array;
  readonly above: Float64Array;
  readonly offset: Float64Array;
};

/** Signs that a part of the box has: 1 for >= 0, -1 for <= 0, 0 for open. */
export type Signs = { readonly [element: number]: number };

/**
 * @param slopeOf of an open element; undefined: 1 where the upper end is farther from 0, else 0
 */
export function linesOf(
  { lower, upper }: Bounds,
  signOf?: (element: number) => number,
  slopeOf?: (element: number) => number | undefined,
): Lines {
  const size = lower.length;
  const lines = {
    below: new Float64Array(size),
    above: new Float64Array(size),
    offset: new Float64Array(size),
  };
  for (let at = 0; at < size; at++) {
    const [low, high] = [lower[at] ?? -Infinity, upper[at] ?? Infinity];
    const sign = signOf?.(at) ?? 0;
    if (low >= 0 || sign > 0) lines.below[at] = lines.above[at] = 1;
    else if (high > 0 && sign === 0) open(lines, at, low, high, slopeOf?.(at));
  }
  return lines;
}

function open(lines: Lines, at: number, low: number, high: number, slope: number | undefined): void {
  const chosen = slope ?? (high > -low ? 1 : 0);
  const chord = Math.min(1, high / (high - low));
  // For the slope as it is, max(-chord low, (1 - chord) high) is the exact offset; it is computed with two roundings at most.
  const offset = Math.max(-chord * low, (1 - chord) * high);
  lines.below[at] = Math.min(1, Math.max(0, chosen));
  lines.above[at] = chord;
  lines.offset[at] = offset * (1 + 2 ** -50) + 2 ** -1000;
}

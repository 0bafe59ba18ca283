// Where a search looks, and where climbs begin: points of a box.
import type { Rng } from '../../base/rng.js';
import type { Float32Box } from '../decide/boxes.js';

/** Writes one point of the box into `target`, which has its size. `best` is the best that is known of its disjunct. */
export type Start = (target: Float32Array, box: Float32Box, rng: Rng, best: Float32Array | undefined) => void;

export const center: Start = (target, { lower, upper }) => {
  // Halved first: the sum may overflow.
  for (let at = 0; at < target.length; at++) target[at] = (lower[at] ?? 0) / 2 + (upper[at] ?? 0) / 2;
  keepInside(target, { lower, upper });
};

/** Each element at its least or greatest value. */
export const corner: Start = (target, { lower, upper }, rng) => {
  let [bits, left] = [0, 0];
  for (let at = 0; at < target.length; at++) {
    if (left === 0) [bits, left] = [rng.uint32(), 32];
    target[at] = (bits & 1 ? upper[at] : lower[at]) ?? 0;
    bits >>>= 1;
    left--;
  }
};

/**
 * On a face of the box: some elements at an end, the others uniform; how many is uniform, too. Counterexamples lie there more often than
 * inside: of ACAS Xu 1_9, property 7, four points in a thousand are, and none of 4,000 inside or of 400 corners.
 */
export const face: Start = (target, box, rng) => {
  random(target, box, rng, undefined);
  const share = rng.uniform();
  for (let at = 0; at < target.length; at++) {
    const place = rng.uniform();
    if (place < share) target[at] = (place < share / 2 ? box.lower : box.upper)[at] ?? 0;
  }
};

/** Uniform. */
export const random: Start = (target, box, rng) => {
  for (let at = 0; at < target.length; at++) {
    const share = rng.uniform();
    target[at] = (1 - share) * (box.lower[at] ?? 0) + share * (box.upper[at] ?? 0);
  }
  keepInside(target, box);
};

export const bestKnown: Start = (target, box, rng, best) => {
  if (best === undefined) random(target, box, rng, best);
  else target.set(best);
};

/**
 * Near the best that is known: some elements moved by up to a share of the box's width. Share and number of elements are drawn
 * log-uniformly, since nobody knows the scale on which the margin changes.
 */
export const nearBest: Start = (target, box, rng, best) => {
  if (best === undefined) return random(target, box, rng, best);
  target.set(best);
  const share = 2 ** (-12 * rng.uniform());
  const moved = target.length ** rng.uniform() / target.length;
  const always = rng.below(target.length);
  for (let at = 0; at < target.length; at++) {
    if (at !== always && rng.uniform() >= moved) continue;
    const width = (box.upper[at] ?? 0) - (box.lower[at] ?? 0);
    target[at] = (target[at] ?? 0) + (2 * rng.uniform() - 1) * share * width;
  }
  keepInside(target, box);
};

/** Rounding may leave the box by one float. */
export function keepInside(target: Float32Array, { lower, upper }: Float32Box): void {
  for (let at = 0; at < target.length; at++)
    target[at] = Math.min(Math.max(target[at] ?? 0, lower[at] ?? 0), upper[at] ?? 0);
}

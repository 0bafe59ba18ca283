// The smallest change of a seed that still violates: no step ever moves an element away from the seed, so that the result is at
// least as near to it in every norm, and every step is confirmed before the next one builds on it.
import type { Deadline } from '../../base/deadline.js';
import { distances } from '../../findings/distances.js';
import { clip, scale } from './approach.js';
import { reset } from './reset.js';
import type { Predicate, Search } from './search.js';
import { shrink } from './shrink.js';

export type { Predicate } from './search.js';

/** The distance that matters most; the others are made small as far as they do not cost it. */
export type Norm = (typeof norms)[number];
export const norms = ['linf', 'l2', 'l0'] as const;

export type MinimizeOptions = {
  readonly norm: Norm;
  readonly deadline: Deadline;
  /** Per element 1 where only whole numbers are valid. */
  readonly integer?: Uint8Array | undefined;
};

type Step = (search: Search, input: Float32Array) => Promise<Float32Array>;

/** Ways to go, named by what they serve first, while there is the most room for it. */
const ways: Readonly<Record<Norm, readonly Step[]>> = {
  linf: [clip, reset, shrink],
  l2: [scale, clip, reset, shrink, scale],
  l0: [reset, shrink, clip],
};

/** Rounds after the first, each for what the others have made possible; most runs need one to see that nothing is left. */
const mostRounds = 4;
/** Elements per call: candidates of large inputs are asked in smaller batches. */
const elementsPerCall = 2 ** 21;
const mostRowsPerCall = 256;

/**
 * The best that three ways lead to, the norm's own first: which is best depends on the predicate. Where that is monotone (an input
 * violates whenever one violates that is nowhere farther from the seed), no input between the seed and `input` violates whose linf
 * distance is a float32 number below that of the result for `linf`. Always, unless the time ends, no element of the result can go
 * back to the seed's alone. The same inputs give the same result, unless the time ends.
 * @param input known to violate
 */
export async function minimize(
  input: Float32Array,
  seed: Float32Array,
  predicate: Predicate,
  { norm, deadline, integer }: MinimizeOptions,
): Promise<Float32Array> {
  const rowsPerCall = Math.max(1, Math.min(mostRowsPerCall, Math.floor(elementsPerCall / seed.length)));
  const search: Search = { seed, predicate, integer, deadline, rowsPerCall };
  let best = input;
  for (const way of new Set([norm, ...norms])) {
    const found = await follow(search, input, ways[way]);
    if (isNearer(found, best, seed, norm)) best = found;
  }
  return best;
}

async function follow(search: Search, input: Float32Array, steps: readonly Step[]): Promise<Float32Array> {
  let current = input;
  for (let round = 0; round < mostRounds; round++) {
    const before = current;
    for (const step of steps) current = await step(search, current);
    // Shrinking may have made room for it, and it is what is promised.
    current = await reset(search, current);
    if (before.every((value, at) => value === current[at])) break;
  }
  return current;
}

/** By the norm that matters, then by the others. */
function isNearer(a: Float32Array, b: Float32Array, seed: Float32Array, norm: Norm): boolean {
  const [ofA, ofB] = [distances(a, seed), distances(b, seed)];
  const differing = [norm, ...norms].find((name) => ofA[name] !== ofB[name]);
  return differing !== undefined && ofA[differing] < ofB[differing];
}

// Which corpus entry to mutate next: half of the time the seeds in turn, so that every instance gets its share, half of
// the time a recent discovery (TensorFuzz's `recent_sample_function`). Entries of decided instances are passed over.
import type { Rng } from '../base/rng.js';
import type { Corpus } from './corpus.js';

const recent = 64;

export type Scheduler = {
  /** Position of an entry in the corpus. */
  next(rng: Rng): number;
};

/**
 * @param seedCount the corpus starts with that many seeds
 * @param isOpen whether the instance of a seed is still undecided; some seed is open
 */
export function createScheduler(
  corpus: Corpus,
  seedCount: number,
  isOpen: (seed: number) => boolean,
): Scheduler {
  let turn = 0;
  const nextSeed = (): number => {
    for (let tries = 0; tries < seedCount; tries++) {
      const seed = turn;
      turn = (turn + 1) % seedCount;
      if (isOpen(seed)) return seed;
    }
    return 0;
  };
  return {
    next(rng) {
      const discoveries = Math.min(corpus.size - seedCount, recent);
      if (discoveries === 0 || rng.uint32() & 1) return nextSeed();
      const entry = corpus.size - 1 - rng.below(discoveries);
      return isOpen(corpus.seedOf(entry)) ? entry : nextSeed();
    },
  };
}

// Half of the time the seeds in turn, so that every instance gets its share, half of the time a recent discovery, after
// TensorFuzz's `recent_sample_function`. That one takes one of the last five entries or, one time in six, any entry, and adds
// to the corpus after every choice; here many choices are made from one state of the corpus, so one of the last 64.
import { EntryQueue } from './entry-queue.js';
import { type CreateScheduler, noOpenEntry } from './scheduler.js';

const recent = 64;

export const createRecent: CreateScheduler = ({ corpus, seedCount, isOpen }) => {
  const turns = new EntryQueue();
  for (let seed = 0; seed < seedCount; seed++) turns.push(seed);
  const nextSeed = (): number => {
    const seed = turns.rotate(isOpen);
    if (seed === undefined) throw noOpenEntry();
    return seed;
  };
  return {
    next(rng) {
      const discoveries = Math.min(corpus.size - seedCount, recent);
      if (discoveries === 0 || rng.uint32() & 1) return nextSeed();
      const entry = corpus.size - 1 - rng.below(discoveries);
      return isOpen(corpus.seedOf(entry)) ? entry : nextSeed();
    },
    learn: () => {},
  };
};

// Every open entry of the corpus is as likely as any other: the baseline of all schedules.
import { roomFor } from './room-for.js';
import { type CreateScheduler, noOpenEntry } from './scheduler.js';

export const createUniform: CreateScheduler = ({ corpus, isOpen }) => {
  let open: Int32Array = new Int32Array(256);
  let count = 0;
  let known = 0;
  return {
    next(rng) {
      open = roomFor(open, count + corpus.size - known);
      while (known < corpus.size) open[count++] = known++;
      while (count > 0) {
        const at = rng.below(count);
        const entry = open[at] as number;
        if (isOpen(corpus.seedOf(entry))) return entry;
        // Leaves for good; the last one takes its place. Every entry is drawn in vain once at most.
        open[at] = open[--count] as number;
      }
      throw noOpenEntry();
    },
    learn: () => {},
  };
};

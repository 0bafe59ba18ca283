// Where climbs start: at the open seeds, once each and in order, before anything is known of what yields most; later
// mostly at seeds in turn, so that none is left out, and where the run's own scheduler says.
import { EntryQueue } from './entry-queue.js';
import type { ScheduleContext, Scheduler } from './scheduler.js';

/** Share of the later choices that goes to the seeds in turn. */
const inTurn = 7 / 8;

export type Sweep = Scheduler & {
  /** Open seeds that have not been given yet; no more than `most` are counted. */
  left(most: number): number;
};

export function createSweep({ seedCount, isOpen }: Omit<ScheduleContext, 'corpus'>, then: Scheduler): Sweep {
  const turns = new EntryQueue();
  for (let seed = 0; seed < seedCount; seed++) turns.push(seed);
  let first = 0;
  const skip = () => {
    while (first < seedCount && !isOpen(first)) first++;
  };
  return {
    left(most) {
      let count = 0;
      for (let seed = first; seed < seedCount && count < most; seed++) if (isOpen(seed)) count++;
      return count;
    },
    next(rng) {
      skip();
      if (first < seedCount) return first++;
      return (rng.uniform() < inTurn ? turns.rotate(isOpen) : undefined) ?? then.next(rng);
    },
    learn: (outcome) => then.learn(outcome),
  };
}

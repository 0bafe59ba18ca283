// The open seeds, once each and in order: where gradients start before anything is known of what yields most.
import type { ScheduleContext, Scheduler } from './scheduler.js';

export type Sweep = Scheduler & {
  /** Whether some seed is still to come. */
  readonly isOver: boolean;
};

export function createSweep({ seedCount, isOpen }: Omit<ScheduleContext, 'corpus'>, then: Scheduler): Sweep {
  let turn = 0;
  const skip = () => {
    while (turn < seedCount && !isOpen(turn)) turn++;
  };
  return {
    get isOver() {
      skip();
      return turn >= seedCount;
    },
    next(rng) {
      skip();
      // A job may ask for more entries than there are seeds left.
      return turn < seedCount ? turn++ : then.next(rng);
    },
    learn: (outcome) => then.learn(outcome),
  };
}

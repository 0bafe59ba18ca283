// Entries that came nearest to a violation get a share of the choices, whatever the scheduler makes of them: without gradients,
// that is the way uphill.
import type { Rng } from '../../base/rng.js';
import type { Scheduler } from './scheduler.js';

export type Favoured = {
  /** The entry of an instance that is nearest now. */
  set(instance: number, entry: number): void;
};

/** Share of the choices. */
const share = 1 / 2;
/** Closed instances are forgotten when a choice falls on them. */
const tries = 4;

export function favouring(scheduler: Scheduler, isOpen: (instance: number) => boolean): Scheduler & Favoured {
  const instances: number[] = [];
  const entries = new Map<number, number>();
  const forget = (at: number) => {
    entries.delete(instances[at] as number);
    const last = instances.pop() as number;
    if (at < instances.length) instances[at] = last;
  };
  const nearest = (rng: Rng): number | undefined => {
    for (let left = tries; left > 0 && instances.length > 0; left--) {
      const at = rng.below(instances.length);
      if (isOpen(instances[at] as number)) return entries.get(instances[at] as number);
      forget(at);
    }
    return undefined;
  };
  return {
    set(instance, entry) {
      if (!entries.has(instance)) instances.push(instance);
      entries.set(instance, entry);
    },
    next: (rng) => (rng.uniform() < share ? nearest(rng) : undefined) ?? scheduler.next(rng),
    learn: (outcome) => scheduler.learn(outcome),
  };
}

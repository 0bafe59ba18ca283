// Sub-problems in the place of milliseconds: what happens, and when, is then the same in every run.
import type { DecideOptions } from './problem.js';

/** Options under which a clock of sub-problems ticks, and the deadline is over when the ration or the time is. */
export function counted(options: DecideOptions): DecideOptions {
  const { ration, deadline, onProgress } = options;
  if (ration === undefined) return options;
  let spent = 0;
  return {
    ...options,
    clock: () => spent,
    deadline: { interrupted: deadline.interrupted, expired: () => spent >= ration || deadline.expired() },
    onProgress: (now) => {
      spent = now.subproblems;
      onProgress?.(now);
    },
  };
}

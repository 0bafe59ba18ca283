// Where the time of a decision went.
import type { Clock } from '../../base/deadline.js';

export const phases = ['attack', 'bounds', 'branching'] as const;
export type Phase = (typeof phases)[number];

export type Times = {
  /** Runs work, and counts its time for a phase, also where it throws. */
  during<T>(phase: Phase, work: () => Promise<T>): Promise<T>;
  /** Milliseconds so far, of what is under way, too. */
  readonly spent: () => Readonly<Record<Phase, number>>;
};

export function createTimes(clock: Clock): Times {
  const spent = { attack: 0, bounds: 0, branching: 0 };
  let running: { readonly phase: Phase; readonly from: number } | undefined;
  return {
    during: async (phase, work) => {
      const from = clock();
      running = { phase, from };
      try {
        return await work();
      } finally {
        spent[phase] += clock() - from;
        running = undefined;
      }
    },
    spent: () => {
      if (running === undefined) return { ...spent };
      return { ...spent, [running.phase]: spent[running.phase] + clock() - running.from };
    },
  };
}

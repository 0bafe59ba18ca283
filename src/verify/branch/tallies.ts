// What is known of each disjunct while parts of its box are bounded and split, however that is done.
import type { BranchProgress, BranchReason, BranchResult, OpenDisjunct } from './types.js';

/** Disjuncts by their place in the request. */
export type Tallies = {
  /** So many parts more that must be decided, or fewer. */
  opened(disjunct: number, parts: number): void;
  /** A part was bounded, over its limit: decided where that is positive. */
  count(disjunct: number, bound: number): void;
  /** A part is empty. @param bound positive */
  prove(disjunct: number, bound: number): void;
  /** A part cannot be split: its disjunct stays open. */
  exhaust(part: { readonly disjunct: number; readonly bound: number }): void;
  /** The least bound of parts that are empty; Infinity where there is none yet. */
  provedBound(disjunct: number): number;
  /** @param waiting parts that wait */
  progress(waiting: readonly Waiting[]): BranchProgress;
  results(waiting: readonly Waiting[], stopped: BranchReason | undefined): BranchResult[];
};

type Waiting = { readonly disjunct: number; readonly bound: number };

type Tally = {
  subproblems: number;
  open: number;
  exhausted: boolean;
  exhaustedBound: number;
  proved: number;
};

export function createTallies(disjuncts: readonly Pick<OpenDisjunct, 'index'>[]): Tallies {
  const tallies = disjuncts.map(
    (): Tally => ({ subproblems: 0, open: 0, exhausted: false, exhaustedBound: Infinity, proved: Infinity }),
  );
  const tallyOf = (disjunct: number): Tally => {
    const tally = tallies[disjunct];
    if (tally === undefined) throw new RangeError(`no disjunct ${disjunct}`);
    return tally;
  };
  const prove = (disjunct: number, bound: number) => {
    const tally = tallyOf(disjunct);
    tally.proved = Math.min(tally.proved, bound);
  };
  return {
    opened: (disjunct, parts) => {
      tallyOf(disjunct).open += parts;
    },
    count: (disjunct, bound) => {
      tallyOf(disjunct).subproblems++;
      if (bound > 0) prove(disjunct, bound);
    },
    prove,
    exhaust: ({ disjunct, bound }) => {
      const tally = tallyOf(disjunct);
      tally.exhausted = true;
      tally.exhaustedBound = Math.min(tally.exhaustedBound, bound);
    },
    provedBound: (disjunct) => tallyOf(disjunct).proved,
    progress: (waiting) => ({
      subproblems: tallies.reduce((sum, tally) => sum + tally.subproblems, 0),
      openDisjuncts: tallies.filter(({ open }) => open > 0).length,
      bound: leastBound(waiting),
    }),
    results: (waiting, stopped) =>
      disjuncts.map(({ index }, at) => {
        const own = leastBound(waiting.filter(({ disjunct }) => disjunct === at));
        return resultOf(index, tallyOf(at), own, stopped);
      }),
  };
}

const leastBound = (waiting: readonly Waiting[]): number =>
  waiting.reduce((least, { bound }) => Math.min(least, bound), Infinity);

function resultOf(
  index: number,
  { open, exhausted, exhaustedBound, proved, subproblems }: Tally,
  waiting: number,
  stopped: BranchReason | undefined,
): BranchResult {
  if (open === 0 && !exhausted) return { index, state: 'empty', bound: proved, subproblems };
  const reason = stopped ?? (exhausted ? 'exhausted' : undefined);
  const left = Math.min(exhaustedBound, waiting);
  // Nothing waits where a counterexample, or the deadline, ended it before the whole box was bounded.
  const bound = left === Infinity ? -Infinity : left;
  return { index, state: 'open', bound, subproblems, ...(reason && { reason }) };
}

// Open sub-problems, and what is known of each disjunct. The newest come first, so that few wait at a time.
import type { BranchProgress, BranchReason, BranchResult } from '../types.js';
import type { Space } from './space.js';
import type { Subproblem } from './subproblem.js';

export type Frontier = {
  readonly size: number;
  add(subproblem: Subproblem): void;
  /** Removes up to `most`, one at least; fewer as memory becomes scarce. They stay open until they are `done`. */
  take(most: number): Subproblem[];
  /** One taken sub-problem of a disjunct is decided, or replaced by parts that are added. */
  done(disjunct: number): void;
  /** Points with rows as little over their limits as can be were cut off a sub-problem of the disjunct. */
  clipped(disjunct: number): void;
  /** Whether that was so: then nothing more is lost by looking only where counterexamples may be. */
  isClipped(disjunct: number): boolean;
  /** A taken sub-problem cannot be cut: its disjunct stays open. */
  exhaust(subproblem: Subproblem): void;
  /** A sub-problem was bounded; the bound is positive where it is decided. */
  count(disjunct: number, bound: number): void;
  /** True where what waits takes more memory than it may, although boxes were cut one by one. */
  full(): boolean;
  progress(): BranchProgress;
  results(stopped: BranchReason | undefined): BranchResult[];
};

type State = {
  subproblems: number;
  open: number;
  exhausted: boolean;
  exhaustedBound: number;
  provedBound: number;
};

export function createFrontier({ packing, disjuncts }: Space, memoryBytes: number): Frontier {
  const stack: Subproblem[] = [];
  const states = disjuncts.map(
    (): State => ({
      subproblems: 0,
      open: 0,
      exhausted: false,
      exhaustedBound: Infinity,
      provedBound: Infinity,
    }),
  );
  const stateOf = (disjunct: number): State => {
    const state = states[disjunct];
    if (state === undefined) throw new RangeError(`no disjunct ${disjunct}`);
    return state;
  };
  const mostWaiting = memoryBytes / (4 * packing.length + 64);
  // From half of that on the search goes deep, one box at a time: each level leaves one half behind.
  const many = mostWaiting / 2;
  const leastBound = (disjunct?: number) =>
    stack.reduce(
      (least, box) =>
        disjunct === undefined || box.disjunct === disjunct ? Math.min(least, box.bound) : least,
      Infinity,
    );
  return {
    get size() {
      return stack.length;
    },
    add: (subproblem) => {
      stack.push(subproblem);
      stateOf(subproblem.disjunct).open++;
    },
    take: (most) => {
      const count = Math.min(most, Math.max(1, Math.floor((many - stack.length) / 2)));
      return stack.splice(Math.max(0, stack.length - count));
    },
    done: (disjunct) => {
      stateOf(disjunct).open--;
    },
    clipped: (disjunct) => {
      const state = stateOf(disjunct);
      state.provedBound = Math.min(state.provedBound, Number.MIN_VALUE);
    },
    isClipped: (disjunct) => stateOf(disjunct).provedBound === Number.MIN_VALUE,
    exhaust: ({ disjunct, bound }) => {
      const state = stateOf(disjunct);
      state.exhausted = true;
      state.exhaustedBound = Math.min(state.exhaustedBound, bound);
    },
    count: (disjunct, bound) => {
      const state = stateOf(disjunct);
      state.subproblems++;
      if (bound > 0) state.provedBound = Math.min(state.provedBound, bound);
    },
    full: () => stack.length > mostWaiting,
    progress: () => ({
      subproblems: states.reduce((sum, state) => sum + state.subproblems, 0),
      openDisjuncts: states.filter(({ open }) => open > 0).length,
      bound: leastBound(),
    }),
    results: (stopped) =>
      disjuncts.map(({ index }, at): BranchResult => {
        const { open, exhausted, exhaustedBound, provedBound, subproblems } = stateOf(at);
        if (open === 0) return { index, state: 'empty', bound: provedBound, subproblems };
        const reason = stopped ?? (exhausted ? 'exhausted' : undefined);
        const bound = Math.min(exhaustedBound, leastBound(at));
        return { index, state: 'open', bound, subproblems, ...(reason && { reason }) };
      }),
  };
}

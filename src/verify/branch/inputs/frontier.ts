// Open sub-problems, and what is known of each disjunct. The newest come first, so that few wait at a time.
import { leastMargin } from '../../least-margin.js';
import { createTallies } from '../tallies.js';
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

export function createFrontier({ packing, disjuncts }: Space, memoryBytes: number): Frontier {
  const stack: Subproblem[] = [];
  const tallies = createTallies(disjuncts);
  const mostWaiting = memoryBytes / (4 * packing.length + 64);
  // From half of that on the search goes deep, one box at a time: each level leaves one half behind.
  const many = mostWaiting / 2;
  return {
    get size() {
      return stack.length;
    },
    add: (subproblem) => {
      stack.push(subproblem);
      tallies.opened(subproblem.disjunct, 1);
    },
    take: (most) => {
      const count = Math.min(most, Math.max(1, Math.floor((many - stack.length) / 2)));
      return stack.splice(Math.max(0, stack.length - count));
    },
    done: (disjunct) => tallies.opened(disjunct, -1),
    clipped: (disjunct) => tallies.prove(disjunct, leastMargin),
    isClipped: (disjunct) => tallies.provedBound(disjunct) === leastMargin,
    exhaust: tallies.exhaust,
    count: tallies.count,
    full: () => stack.length > mostWaiting,
    progress: () => tallies.progress(stack),
    results: (stopped) => tallies.results(stack, stopped),
  };
}

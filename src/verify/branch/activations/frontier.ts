// Open sub-problems and what is known of each disjunct. The worst come first; where memory is short the newest, a few at a time, so that
// no more wait than the search is deep; those that wait longest give up their slopes.
import { createTallies } from '../tallies.js';
import type { BranchProgress, BranchReason, BranchResult, OpenDisjunct } from '../types.js';
import { bytesOf, type Subproblem } from './subproblem.js';

export type Frontier = {
  readonly size: number;
  /** Parts that must be decided. At first each disjunct has one that is taken already: its whole box. */
  add(parts: readonly Subproblem[]): void;
  /** Removes up to `most`, fewer as memory becomes scarce; they stay open until they are `replaced`. */
  take(most: number): Subproblem[];
  /** Parts that were taken are decided, or replaced by parts that were added. */
  replaced(taken: readonly Subproblem[]): void;
  /** A taken part cannot be split: its disjunct stays open. */
  exhaust(part: Subproblem): void;
  /** Taken parts that were found to be empty after all: their bounds are positive. */
  prove(parts: readonly Subproblem[]): void;
  /** Bounds over limits of parts of the disjuncts at `owners`. */
  count(owners: readonly Subproblem[], bounds: Float64Array): void;
  /** True where parts are to be split one by one. */
  scarce(): boolean;
  /** True where what waits takes more memory than it may, although all that can be spared was. */
  full(): boolean;
  progress(): BranchProgress;
  results(stopped: BranchReason | undefined): BranchResult[];
};

export function createFrontier(disjuncts: readonly OpenDisjunct[], memoryBytes: number): Frontier {
  let waiting: Subproblem[] = [];
  let bytes = 0;
  let isSorted = true;
  const tallies = createTallies(disjuncts);
  for (const disjunct of disjuncts.keys()) tallies.opened(disjunct, 1);
  const scarce = () => bytes >= memoryBytes / 2;
  /** Without slopes of their own, from the one that waits longest on, until half of the memory that is scarce is free again. */
  const coarsen = () => {
    for (let at = 0; at < waiting.length && bytes > (3 / 4) * memoryBytes; at++) {
      const part = waiting[at];
      if (part === undefined || part.slopes.length === 0) continue;
      const coarse = { ...part, slopes: new Uint8Array() };
      waiting[at] = coarse;
      bytes += bytesOf(coarse) - bytesOf(part);
    }
  };
  return {
    get size() {
      return waiting.length;
    },
    add: (parts) => {
      waiting.push(...parts);
      isSorted = false;
      for (const part of parts) {
        tallies.opened(part.disjunct, 1);
        bytes += bytesOf(part);
      }
      if (bytes > memoryBytes) coarsen();
    },
    scarce,
    take: (most) => {
      if (!isSorted && !scarce()) {
        waiting.sort((a, b) => b.bound - a.bound);
        isSorted = true;
      }
      const room = (memoryBytes - bytes) / (4 * (waiting.length > 0 ? bytes / waiting.length : 1));
      const from = Math.max(0, waiting.length - Math.max(1, Math.min(most, Math.floor(room))));
      const taken = waiting.slice(from);
      waiting = waiting.slice(0, from);
      for (const part of taken) bytes -= bytesOf(part);
      return taken;
    },
    replaced: (taken) => {
      for (const { disjunct } of taken) tallies.opened(disjunct, -1);
    },
    exhaust: tallies.exhaust,
    prove: (parts) => {
      for (const { disjunct, bound } of parts) tallies.prove(disjunct, bound);
    },
    count: (owners, bounds) => {
      owners.forEach(({ disjunct }, at) => {
        tallies.count(disjunct, bounds[at] ?? 0);
      });
    },
    full: () => bytes > memoryBytes,
    progress: () => tallies.progress(waiting),
    results: (stopped) => tallies.results(waiting, stopped),
  };
}

// A small part of a corpus that covers all that the whole does: whatever is left out is new to no criterion.
import { createRng, type Rng, shuffle } from '../base/rng.js';
import {
  type CalibratedCriterion,
  type MeasurableState,
  type Measure,
  rowsIn,
} from './coverage/calibrated.js';
import type { Snapshot, Start } from './coverage/criterion.js';

/** What a criterion sees of a corpus. */
export type Seen = {
  readonly criterion: CalibratedCriterion;
  /** Row after row, one per entry. */
  readonly profiles: Float32Array;
};

/** Orders that the corpus is gone through in, besides its own and the reverse. */
const shuffles = 4;
/** Attempts in a row to get on with less, after which nothing is expected of another. */
const idleAttempts = 6;

/**
 * Positions of the entries that are kept, ascending. Greedy in several orders, as every criterion only says whether an entry is
 * new: each result is gone through again, backwards and shuffled, until that leaves no entry out (reverse-order compaction of test
 * sets: Schulz, Trischler and Sarfert, SOCRATES, IEEE TCAD 7(1), 1988); the smallest is taken. For distances that gives a net: no
 * two kept entries within the threshold, and every other entry within it of some kept one.
 * @param parents position of each entry's parent, -1 for none: what distances are usual is taken from these
 */
export function distill(seen: readonly Seen[], parents: Int32Array, seed: number): number[] {
  const rng = createRng(seed, 'distill');
  const covering = coverer(seen, parents);
  const all = [...parents.keys()];
  const orders = [all, all.toReversed(), ...Array.from({ length: shuffles }, () => shuffle([...all], rng))];
  return orders
    .map((order) => compacted(covering(order), covering, all, rng))
    .reduce((best, one) => (one.length < best.length ? one : best))
    .toSorted((a, b) => a - b);
}

/** The entries that are kept when all have their turn in their own order: a first answer, quickly. */
export const firstCover = (seen: readonly Seen[], parents: Int32Array): number[] =>
  coverer(seen, parents)([...parents.keys()]);

/** Of entries in some order, those that are new to some criterion when their turn comes. */
function coverer(seen: readonly Seen[], parents: Int32Array): (order: readonly number[]) => number[] {
  const rows = seen.map(({ profiles }) => rowsIn(profiles, profiles.length / parents.length));
  const starts = seen.map(({ profiles }) => startOf(profiles, parents));
  const rowOf = (criterion: number, entry: number) => rows[criterion]?.[entry] ?? new Float32Array();
  return (order) => {
    const states = seen.map(({ criterion }, at) => emptyState(criterion, starts[at]));
    return order.filter((entry) => {
      const isNew = states.some(({ state, since }, at) => state.isNew(rowOf(at, entry), since));
      if (isNew)
        states.forEach(({ state }, at) => {
          state.add(rowOf(at, entry), true);
        });
      return isNew;
    });
  };
}

type Empty = { readonly state: MeasurableState; readonly since: Snapshot };

/** Distances know their start; compared is only with what joins after the snapshot. */
function emptyState(criterion: CalibratedCriterion, start: Start | undefined): Empty {
  const state = criterion.calibrate(
    start ?? { seeds: new Float32Array(), mutants: new Float32Array(), width: 0 },
  );
  return { state, since: state.snapshot() };
}

/**
 * Again and again the other way round: what others cover since is left out. The rest has its turn at the end, because distances
 * are not passed on: what lay near an entry that is left out need not lie near the one that is kept instead.
 */
function compacted(
  kept: readonly number[],
  covering: (order: readonly number[]) => number[],
  all: readonly number[],
  rng: Rng,
): readonly number[] {
  let best = kept;
  for (let idle = 0; idle < idleAttempts; idle++) {
    const chosen = new Set(best);
    const order = idle === 0 ? best.toReversed() : shuffle([...best], rng);
    const next = covering([...order, ...all.filter((entry) => !chosen.has(entry))]);
    if (next.length < best.length) [best, idle] = [next, -1];
  }
  return best;
}

/** Ranges of all entries; as usual changes count those from an entry to its parent, or else to its first child. */
function startOf(profiles: Float32Array, parents: Int32Array): Start {
  const width = profiles.length / Math.max(parents.length, 1);
  const relatives = Int32Array.from(parents);
  for (let entry = parents.length - 1; entry >= 0; entry--) {
    const parent = parents[entry] ?? -1;
    if (parent >= 0 && parents[parent] === -1) relatives[parent] = entry;
  }
  const mutants = new Float32Array(profiles.length);
  relatives.forEach((relative, entry) => {
    const from = relative < 0 ? entry : relative;
    mutants.set(profiles.subarray(from * width, (from + 1) * width), entry * width);
  });
  return { seeds: profiles, mutants, width };
}

export type Comparison = {
  readonly criterion: string;
  readonly before: Measure;
  readonly after: Measure;
  /** Whether the kept entries cover what all do. */
  readonly equal: boolean;
};

/** The coverage of all entries, and of those that are kept. */
export function compare(seen: readonly Seen[], parents: Int32Array, kept: readonly number[]): Comparison[] {
  return seen.map(({ criterion, profiles }) => {
    const start = startOf(profiles, parents);
    const rows = rowsIn(profiles, start.width);
    const [whole, part] = [emptyState(criterion, start), emptyState(criterion, start)];
    for (const row of rows) whole.state.add(row, false);
    for (const entry of kept) part.state.add(rows[entry] ?? new Float32Array(), false);
    const [before, after] = [whole.state.measure(), part.state.measure()];
    const same = before.covered === after.covered && before.value === after.value;
    const equal = same && !rows.some((row) => part.state.isNew(row, part.since));
    return { criterion: criterion.name, before, after, equal };
  });
}

// States of criteria that cover cells: a fixed number of them, each covered once some input falls into it.
import type { Feeds } from '../../program/session.js';
import type { MeasurableState } from './calibrated.js';
import type { CoverageState } from './criterion.js';

export type Cells = {
  readonly name: string;
  readonly count: number;
  /** Cells that no input can cover are not counted; default: none are such. */
  readonly impossible?: number;
  /** What a cell is, for people, in the plural. */
  readonly noun: string;
  /**
   * Writes the cells that an input covers and gives how many: at most as many as the profile has numbers, none where it is not
   * finite. It is asked about every row that is looked at, by every criterion: arrays of their own were a tenth of a run's time.
   */
  cellsOf(profile: Float32Array, into: Int32Array): number;
  /** The same for criteria with a score: cells of an input with this one. */
  cellsOfScore?(score: number): readonly number[];
  /** What programs read. @param uncovered per cell 1 or 0; changes later, so that copies are given away */
  feeds(uncovered: Uint8Array): Feeds;
  /** Told of every cell as it is covered. */
  covered?(cell: number): void;
  /** Told of every input that joins the corpus. */
  joined?(profile: Float32Array): void;
  /** Read by `profile` alone; see `Snapshot.table`. */
  table?(uncovered: Uint8Array): Feeds;
  readonly parentFeeds?: CoverageState['parentFeeds'];
};

/** Every input is compared with all that is known, so that `since` does not matter. */
export function cellState(cells: Cells): MeasurableState {
  const { name, count } = cells;
  const uncovered = new Uint8Array(count).fill(1);
  const possible = count - (cells.impossible ?? 0);
  let [size, kept, left] = [0, 0, possible];
  let found = new Int32Array();
  const find = (profile: Float32Array): number => {
    if (found.length < profile.length) found = new Int32Array(profile.length);
    return cells.cellsOf(profile, found);
  };
  const cover = (covered: ArrayLike<number>, count: number) => {
    for (let at = 0; at < count; at++) {
      const cell = covered[at] as number;
      if (uncovered[cell] !== 1) continue;
      uncovered[cell] = 0;
      left--;
      cells.covered?.(cell);
    }
  };
  const coverScore = (score: number) => {
    const covered = cells.cellsOfScore?.(score) ?? [];
    cover(covered, covered.length);
  };
  const feeds = whenChanged(
    () => left,
    () => cells.feeds(uncovered),
  );
  const table =
    cells.table &&
    whenChanged(
      () => left,
      () => cells.table?.(uncovered) ?? {},
      Math.max(64, possible / 100),
    );
  // Nothing to cover is covered.
  const share = () => (possible === 0 ? 1 : 1 - left / possible);
  return {
    snapshot: () => ({ size, feeds: feeds(), ...(table && { table: table() }) }),
    ...(cells.parentFeeds && { parentFeeds: cells.parentFeeds }),
    isNew(profile) {
      const count = find(profile);
      for (let at = 0; at < count; at++) if (uncovered[found[at] as number] === 1) return true;
      return false;
    },
    add(profile, wasNew) {
      size++;
      const count = find(profile);
      cover(found, count);
      cells.joined?.(profile);
      if (wasNew) kept++;
    },
    ...(cells.cellsOfScore && { cover: coverScore }),
    summary: () => ({ criterion: name, kept, covered: share() }),
    measure: () => {
      const value = possible - left;
      return { covered: share(), value, detail: `${value} of ${possible} ${cells.noun}` };
    },
  };
}

/** The same feeds until what is left to cover has changed by more than a slack. */
function whenChanged(left: () => number, make: () => Feeds, slack = 0): () => Feeds {
  let [made, before]: [Feeds | undefined, number] = [undefined, 0];
  return () => {
    if (made === undefined || before - left() > slack) [made, before] = [make(), left()];
    return made;
  };
}

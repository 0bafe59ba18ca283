// What programs are told of coverage: small feeds every round, large tables only when they have changed.
import type { Tensor } from '../base/tensor.js';
import type { Feeds, Runtime, Shared } from '../program/session.js';
import type { CoverageState, Snapshot } from './coverage/criterion.js';

export type Snapshots = {
  readonly snapshots: readonly Snapshot[];
  readonly shared: Shared;
  readonly tables: Shared;
  parentFeeds(entries: Int32Array): Record<string, Tensor>;
  /** To be called when no program reads them any more. */
  release(): void;
};

export function createSnapshots(states: readonly CoverageState[], runtime: Runtime): () => Snapshots {
  let current: { parts: readonly (Feeds | undefined)[]; shared: Shared; users: number } | undefined;
  const tablesOf = (snapshots: readonly Snapshot[]) => {
    const parts = snapshots.map(({ table }) => table);
    if (current === undefined || parts.some((part, at) => part !== current?.parts[at])) {
      const outdated = current;
      current = { parts, shared: runtime.share(Object.assign({}, ...parts)), users: 1 };
      if (outdated !== undefined) leave(outdated);
    }
    current.users++;
    return current;
  };
  const leave = (tables: NonNullable<typeof current>) => {
    if (--tables.users === 0) tables.shared.release();
  };
  return () => {
    const snapshots = states.map((state) => state.snapshot());
    const tables = tablesOf(snapshots);
    const shared = runtime.share(Object.assign({}, ...snapshots.map(({ feeds }) => feeds)));
    return {
      snapshots,
      shared,
      tables: tables.shared,
      parentFeeds: (entries) =>
        Object.assign({}, ...states.map((state) => state.parentFeeds?.(entries) ?? {})),
      release: () => {
        shared.release();
        leave(tables);
      },
    };
  };
}

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

type Tables = {
  readonly parts: readonly (Feeds | undefined)[];
  readonly shared: Shared;
  /** Rounds that read them. */
  users: number;
};

export function createSnapshots(states: readonly CoverageState[], runtime: Runtime): () => Snapshots {
  let current: Tables | undefined;
  const enter = (snapshots: readonly Snapshot[]): Tables => {
    const parts = snapshots.map(({ table }) => table);
    const isCurrent = current !== undefined && parts.every((part, at) => part === current?.parts[at]);
    if (current === undefined || !isCurrent)
      current = { parts, shared: runtime.share(Object.assign({}, ...parts)), users: 0 };
    current.users++;
    return current;
  };
  const leave = (tables: Tables) => {
    if (--tables.users > 0) return;
    tables.shared.release();
    if (tables === current) current = undefined;
  };
  return () => {
    const snapshots = states.map((state) => state.snapshot());
    const tables = enter(snapshots);
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

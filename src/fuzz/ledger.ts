// The books of a run: executions and margins per instance, which instances are decided, what looked like a finding.
import type { InputSet } from '../policy/input-set.js';
import type { Batch } from './batches.js';
import type { Screened } from './screening.js';

/** A row of a batch that looks like a finding. */
export type Suspect = {
  readonly row: number;
  readonly instance: number;
  readonly seed: number;
  /** Executions spent on the instance up to this one. */
  readonly executions: number;
};

/** Hits of an instance that replay refused before the fuzzer stops believing it. */
const refusalsAllowed = 8;

export type Ledger = {
  /** Executions in batches that were launched. */
  planned: number;
  /** Executions whose results were recorded. */
  readonly executed: number;
  readonly openCount: number;
  readonly executionsOf: Int32Array;
  readonly smallestMargin: Float32Array;
  isOpen(instance: number): boolean;
  close(instance: number): void;
  /** Books one batch; the result is at most one suspect per open instance. */
  record(batch: Batch, screened: Screened): Suspect[];
  /** The first strange row of a batch, until the question is settled or replay has refused too many. */
  firstNonFinite(batch: Batch, screened: Screened): Suspect | undefined;
  settleNonFinite(): void;
  nonFiniteIsSettled(): boolean;
};

export function createLedger(set: InputSet, openInstances: readonly number[]): Ledger {
  const count = set.lower.shape[0] ?? 0;
  const open = new Set(openInstances);
  const executionsOf = new Int32Array(count);
  const smallestMargin = new Float32Array(count).fill(Infinity);
  const refusals = new Map<number, number>();
  let executed = 0;
  let strangeLeft = refusalsAllowed;
  let settled = false;

  const suspectAt = ({ seeds }: Batch, row: number): Suspect => {
    const seed = seeds[row] ?? 0;
    const instance = set.instanceOf[seed] ?? 0;
    return { row, instance, seed, executions: executionsOf[instance] ?? 0 };
  };
  const believed = (instance: number): boolean => {
    const count = refusals.get(instance) ?? 0;
    refusals.set(instance, count + 1);
    return count < refusalsAllowed;
  };

  return {
    planned: 0,
    get executed() {
      return executed;
    },
    get openCount() {
      return open.size;
    },
    executionsOf,
    smallestMargin,
    isOpen: (instance) => open.has(instance),
    close: (instance) => {
      open.delete(instance);
    },
    record(batch, { violated, margin }) {
      const suspects: Suspect[] = [];
      const hitInstances = new Set<number>();
      for (let row = 0; row < violated.length; row++) {
        const instance = set.instanceOf[batch.seeds[row] as number] as number;
        executionsOf[instance] = (executionsOf[instance] as number) + 1;
        const value = margin === undefined ? Infinity : (margin[row] as number);
        if (value < (smallestMargin[instance] as number)) smallestMargin[instance] = value;
        if (violated[row] === 0 || hitInstances.has(instance) || !open.has(instance) || !believed(instance))
          continue;
        hitInstances.add(instance);
        suspects.push(suspectAt(batch, row));
      }
      executed += violated.length;
      return suspects;
    },
    firstNonFinite(batch, { nonFinite }) {
      const row = strangeLeft > 0 ? nonFinite.indexOf(1) : -1;
      if (row < 0) return undefined;
      strangeLeft--;
      return suspectAt(batch, row);
    },
    settleNonFinite: () => {
      settled = true;
      strangeLeft = 0;
    },
    nonFiniteIsSettled: () => settled,
  };
}

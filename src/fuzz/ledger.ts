// The books of a run: executions and margins per instance, what is decided, what looked like a finding and how often.
import type { InputSet } from '../policy/input-set.js';
import { answer, createKinds, depth, type Kind } from './kinds.js';
import { createNearestRows } from './nearest-rows.js';
import type { Judged } from './programs/screened.js';
import type { Visit } from './stages/stage.js';
import { nonFinite } from './target.js';

/** A row that looks like a finding. */
export type Suspect = {
  readonly row: number;
  readonly objective: string;
  readonly instance: number;
  readonly seed: number;
  /** Executions of the run, and those spent on the instance, up to this one. */
  readonly executions: number;
  readonly instanceExecutions: number;
  /** As the program has it; replay decides. */
  readonly margin: number | undefined;
  /** Findings with equal numbers fail alike. */
  readonly cluster: number;
  readonly kind: Kind;
  /** Whether its objective is the main one. */
  readonly isMain: boolean;
};

export type Ledger = {
  /** Executions in jobs that were launched. */
  planned: number;
  /** Executions whose results were recorded. */
  readonly executed: number;
  readonly openCount: number;
  readonly executionsOf: Float64Array;
  readonly smallestMargin: Float32Array;
  /** Rows that looked like findings, per objective. */
  readonly violations: ReadonlyMap<string, number>;
  isOpen(instance: number): boolean;
  /** Books some rows; the result is what to replay, at most one row of a kind. */
  record(visit: Visit): { readonly suspects: Suspect[]; readonly nearer: number[] };
  /** Whether replay is still wanted: an earlier row of the round may have answered. */
  isWanted(suspect: Suspect): boolean;
  /** What replay said. */
  answered(suspect: Suspect, confirmed: boolean): void;
};

export type LedgerOptions = {
  /** The main one first. */
  readonly objectives: readonly string[];
  readonly openInstances: readonly number[];
  /** Whether a finding of the main objective decides its instance; otherwise the search for others goes on. */
  readonly decides: boolean;
};

export function createLedger(set: InputSet, { objectives, openInstances, decides }: LedgerOptions): Ledger {
  const count = set.lower.shape[0] ?? 0;
  const open = new Set(openInstances);
  const isOpen = (instance: number) => open.has(instance);
  // More than 2^31 within hours, where one instance has them all.
  const executionsOf = new Float64Array(count);
  const smallestMargin = new Float32Array(count).fill(Infinity);
  const nearest = createNearestRows(set, objectives.length);
  const kinds = createKinds(count, decides);
  const violations = new Map<string, number>(objectives.map((name) => [name, 0]));
  let executed = 0;

  const kindOf = (at: number, instance: number, cluster: number): Kind => {
    // What is watched for besides the property concerns the model, not one instance.
    const isShared = decides && at > 0 && objectives[at] === nonFinite;
    return isShared ? kinds.of(at, 0, 0) : kinds.of(at, instance, cluster);
  };

  /** Executions of each row's instance up to the row. */
  const bookRows = ({ seeds, screened }: Visit): Float64Array => {
    const margin = screened.signals[0]?.margin;
    const before = new Float64Array(seeds.length);
    for (let row = 0; row < before.length; row++) {
      const instance = set.instanceOf[seeds[row] as number] as number;
      const spent = (executionsOf[instance] as number) + 1;
      executionsOf[instance] = spent;
      before[row] = spent;
      if (margin === undefined) continue;
      const value = margin[row] as number;
      if (value < (smallestMargin[instance] as number)) smallestMargin[instance] = value;
    }
    return before;
  };

  /** The row with the least margin of each kind that is wanted. */
  const clearestRows = (seeds: Int32Array, { violated, margin, cluster }: Judged, at: number) => {
    const rows = new Map<Kind, number>();
    for (let row = 0; row < violated.length; row++) {
      if (violated[row] === 0) continue;
      const instance = set.instanceOf[seeds[row] as number] as number;
      if (at === 0 && !open.has(instance)) continue;
      const kind = kindOf(at, instance, cluster?.[row] ?? 0);
      const known = rows.get(kind);
      if (known !== undefined && depth(margin?.[row]) >= depth(margin?.[known])) continue;
      if (kinds.wants(kind, margin?.[row])) rows.set(kind, row);
    }
    return rows;
  };

  const suspectsOf = ({ seeds }: Visit, signal: Judged, at: number, before: Float64Array): Suspect[] => {
    const objective = objectives[at] ?? '';
    const seen = signal.violated.reduce((sum, one) => sum + one, 0);
    if (seen === 0) return [];
    violations.set(objective, (violations.get(objective) ?? 0) + seen);
    return [...clearestRows(seeds, signal, at)].map(([kind, row]) => ({
      row,
      objective,
      instance: set.instanceOf[seeds[row] as number] as number,
      seed: seeds[row] as number,
      executions: executed + row + 1,
      instanceExecutions: before[row] as number,
      margin: signal.margin?.[row],
      cluster: signal.cluster?.[row] ?? 0,
      kind,
      isMain: at === 0,
    }));
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
    violations,
    isOpen,
    record(visit) {
      const before = bookRows(visit);
      const suspects = visit.screened.signals.flatMap((signal, at) => suspectsOf(visit, signal, at, before));
      executed += visit.seeds.length;
      return { suspects, nearer: nearest.nearer(visit, isOpen) };
    },
    isWanted: ({ kind, margin, isMain, instance }) =>
      (!isMain || open.has(instance)) && kinds.wants(kind, margin),
    answered({ kind, margin, isMain, instance }, confirmed) {
      answer(kind, margin, confirmed);
      if (confirmed && decides && isMain) open.delete(instance);
    },
  };
}

// The books of a run: executions and margins per instance, what is decided, what looked like a finding and how often.
import type { InputSet } from '../policy/input-set.js';
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
  /** Of its kind: objective, instance and cluster. */
  readonly key: number;
};

export type Ledger = {
  /** Executions in jobs that were launched. */
  planned: number;
  /** Executions whose results were recorded. */
  readonly executed: number;
  readonly openCount: number;
  readonly executionsOf: Int32Array;
  readonly smallestMargin: Float32Array;
  /** Rows that looked like findings, per objective. */
  readonly violations: ReadonlyMap<string, number>;
  isOpen(instance: number): boolean;
  close(instance: number): void;
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

/** Rows of a kind that replay refused before the fuzzer stops believing it. */
const refusalsAllowed = 8;
/** Findings of a kind that are replaced by a clearer one. */
const replacementsAllowed = 3;
/** A finding is clearer where its margin is that much greater in size; a first one is always welcome. */
const clearer = 1.5;
/** Rows of one visit that may join the corpus because they came nearer to a violation. */
const nearerPerVisit = 8;
/** Share of the distance left that a row must have gone to count as nearer. */
const progress = 0.02;
/** Clusters are told apart up to this number. */
const clusterCount = 2 ** 24;

type Kind = { refused: number; confirmed: number; worst: number };

export function createLedger(set: InputSet, { objectives, openInstances, decides }: LedgerOptions): Ledger {
  const count = set.lower.shape[0] ?? 0;
  const open = new Set(openInstances);
  const executionsOf = new Int32Array(count);
  const smallestMargin = new Float32Array(count).fill(Infinity);
  const nearest = objectives.map(() => new Float32Array(count).fill(Infinity));
  const kinds = new Map<number, Kind>();
  const violations = new Map<string, number>(objectives.map((name) => [name, 0]));
  let executed = 0;

  const kindOf = (key: number): Kind => {
    const found = kinds.get(key) ?? { refused: 0, confirmed: 0, worst: Infinity };
    kinds.set(key, found);
    return found;
  };
  const wants = ({ refused, confirmed, worst }: Kind, margin: number | undefined): boolean => {
    if (refused >= refusalsAllowed) return false;
    if (confirmed === 0) return true;
    if (decides || margin === undefined || confirmed > replacementsAllowed) return false;
    return margin < 0 && margin < clearer * worst;
  };
  /** What is watched for besides the property concerns the model, not one instance. */
  const keyOf = (at: number, instance: number, cluster: number): number => {
    const shared = decides && at > 0 && objectives[at] === nonFinite;
    return (
      (at * count + (shared ? 0 : instance)) * clusterCount + (shared ? 0 : Math.abs(cluster) % clusterCount)
    );
  };

  const recordSignal = (visit: Visit, signal: Judged, at: number, before: Int32Array): Suspect[] => {
    const { violated, margin, cluster } = signal;
    const best = new Map<number, Suspect>();
    for (let row = 0; row < violated.length; row++) {
      if (violated[row] === 0) continue;
      const seed = visit.seeds[row] as number;
      const instance = set.instanceOf[seed] as number;
      if (at === 0 && !open.has(instance)) continue;
      const key = keyOf(at, instance, cluster?.[row] ?? 0);
      const value = margin?.[row];
      const known = best.get(key);
      if (known !== undefined && !((value ?? 0) < (known.margin ?? 0))) continue;
      if (!wants(kindOf(key), value)) continue;
      const objective = objectives[at] ?? '';
      const instanceExecutions = before[row] as number;
      const executions = executed + row + 1;
      best.set(key, {
        row,
        objective,
        instance,
        seed,
        executions,
        instanceExecutions,
        margin: value,
        cluster: cluster?.[row] ?? 0,
        key,
      });
    }
    return [...best.values()];
  };

  /** Executions of each row's instance up to the row. */
  const bookRows = (visit: Visit): Int32Array => {
    const { seeds, screened } = visit;
    const margin = screened.signals[0]?.margin;
    const before = new Int32Array(seeds.length);
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

  const nearerRows = (visit: Visit): number[] => {
    const rows: number[] = [];
    visit.screened.signals.forEach(({ guide }, at) => {
      const least = nearest[at];
      if (guide === undefined || least === undefined) return;
      const { seeds } = visit;
      for (let row = 0; row < guide.length; row++) {
        const value = guide[row] as number;
        const instance = set.instanceOf[seeds[row] as number] as number;
        const best = least[instance] as number;
        // Most rows end here: the loop is over every execution.
        if (!(value < best)) continue;
        if (best < Infinity && !(value < best - progress * Math.abs(best))) continue;
        least[instance] = value;
        // What is found already needs no nearer point.
        if (rows.length < nearerPerVisit && visit.screened.signals[at]?.violated[row] === 0) rows.push(row);
      }
    });
    return rows;
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
    isOpen: (instance) => open.has(instance),
    close: (instance) => {
      open.delete(instance);
    },
    record(visit) {
      const before = bookRows(visit);
      const suspects = visit.screened.signals.flatMap((signal, at) => {
        const name = objectives[at] ?? '';
        const seen = signal.violated.reduce((sum, one) => sum + one, 0);
        if (seen === 0) return [];
        violations.set(name, (violations.get(name) ?? 0) + seen);
        return recordSignal(visit, signal, at, before);
      });
      executed += visit.seeds.length;
      return { suspects, nearer: nearerRows(visit) };
    },
    isWanted: ({ key, margin, objective, instance }) =>
      (objective !== objectives[0] || open.has(instance)) && wants(kindOf(key), margin),
    answered({ key, margin, objective, instance }, confirmed) {
      const kind = kindOf(key);
      if (!confirmed) kind.refused++;
      else {
        kind.confirmed++;
        kind.worst = Math.min(kind.worst, margin ?? 0);
        if (decides && objective === objectives[0]) open.delete(instance);
      }
    },
  };
}

// What the baselines have in common: rows of points, the instances in turn, judged and booked in order.
import type { Rng } from '../../../../src/base/rng.js';
import type { FuzzTarget } from '../../../../src/fuzz/target.js';
import type { BenchTarget } from '../targets/target.js';
import { type Budget, createCollector, type Run } from './method.js';
import type { Judged } from './programs.js';

/** Replays of one failure that are refused before a baseline stops believing it, as the fuzzer does. */
const refusalsAllowed = 8;

export type Books = {
  readonly run: Run;
  readonly left: number;
  readonly done: boolean;
  /** Counts the rows and replays those that look like failures not seen before. @param inputs [rows, ...input] */
  book(judged: Judged, inputs: Float32Array, seeds: ArrayLike<number>): Promise<void>;
};

export function createBooks(target: BenchTarget, budget: Budget): Books {
  const { set } = target.fuzzed;
  const collector = createCollector(target);
  const confirmed = new Set<string>();
  const refused = new Map<string, number>();
  let executions = 0;
  const enough = () => budget.first === true && confirmed.size > 0;
  const look = async (key: string, seed: number, input: Float32Array, at: number) => {
    const instance = set.instanceOf[seed] ?? 0;
    if (await collector.confirm({ instance, seed, input, executions: at })) confirmed.add(key);
    else refused.set(key, (refused.get(key) ?? 0) + 1);
  };
  return {
    get run() {
      return { executions, found: collector.found };
    },
    get left() {
      return budget.executions - executions;
    },
    get done() {
      return executions >= budget.executions || enough();
    },
    book: async ({ violated, cluster }, inputs, seeds) => {
      const before = executions;
      executions += seeds.length;
      for (let row = 0; row < seeds.length && !enough(); row++) {
        if (violated[row] !== 1) continue;
        const seed = seeds[row] ?? 0;
        const key = `${set.instanceOf[seed]}/${cluster?.[row] ?? 0}`;
        if (confirmed.has(key) || (refused.get(key) ?? 0) >= refusalsAllowed) continue;
        await look(key, seed, inputs.subarray(row * set.size, (row + 1) * set.size), before + row + 1);
      }
    },
  };
}

/** Seeds 0, 1, 2, ... in turn, so that all instances get the same number of rows. */
export const inTurn = ({ set }: FuzzTarget, from: number, rows: number): Int32Array =>
  Int32Array.from({ length: rows }, (_, row) => (from + row) % set.instanceOf.length);

/** Writes a uniform draw from the box of each row's instance: [rows, ...input]. */
export function uniformPoints({ set, domain }: FuzzTarget, seeds: Int32Array, rng: Rng): Float32Array {
  const points = new Float32Array(seeds.length * set.size);
  const [lower, upper] = [set.lower.data, set.upper.data];
  seeds.forEach((seed, row) => {
    const box = (set.instanceOf[seed] ?? 0) * set.size;
    for (let at = 0; at < set.size; at++) {
      const [least, most] = [lower[box + at] as number, upper[box + at] as number];
      const value = Math.fround(least + (most - least) * rng.uniform());
      const inside = Math.min(Math.max(value, least), most);
      points[row * set.size + at] = domain.integer?.[at] === 1 ? Math.round(inside) : inside;
    }
  });
  return points;
}

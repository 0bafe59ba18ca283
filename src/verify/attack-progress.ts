// What an attack has done so far: executions, smallest margins and hits per instance.
import type { InputSet } from '../policy/input-set.js';
import type { AttackHit, AttackResult } from './attack.js';
import type { Judged } from './attack-program.js';

/** One row of an attack batch: an instance, and the seed it starts from. */
export type Attempt = { readonly instance: number; readonly seed: number };

export type AttackProgress = {
  /** Every seed of every instance. */
  readonly all: readonly Attempt[];
  /** For each instance without a hit, `width` of its seeds, or all if it has fewer; other turns take others. */
  attempts(turn: number, width: number): readonly Attempt[];
  /** Seeds of the instance that has most of them. */
  readonly mostSeeds: number;
  record(
    attempts: readonly Attempt[],
    inputs: Float32Array,
    judged: Judged,
    foundBy: AttackHit['foundBy'],
  ): void;
  result(): Omit<AttackResult, 'usedGradients'>;
};

export function createProgress(
  { size, lower, instanceOf }: InputSet,
  instances: readonly number[],
): AttackProgress {
  const count = lower.shape[0] ?? 0;
  const executions = new Int32Array(count);
  const smallestMargin = new Float32Array(count).fill(Infinity);
  const hits = new Map<number, AttackHit>();
  const wanted = new Set(instances);
  const all = [...instanceOf]
    .map((instance, seed) => ({ instance, seed }))
    .filter(({ instance }) => wanted.has(instance));

  const recordRow = (
    { instance, seed }: Attempt,
    row: number,
    inputs: Float32Array,
    judged: Judged,
    foundBy: AttackHit['foundBy'],
  ) => {
    executions[instance] = (executions[instance] ?? 0) + 1;
    const margin = judged.margin?.[row];
    if (margin !== undefined && margin < (smallestMargin[instance] ?? 0)) smallestMargin[instance] = margin;
    if (judged.violated[row] !== 1 || hits.has(instance)) return;
    const input = inputs.slice(row * size, (row + 1) * size);
    hits.set(instance, { instance, seed, input, foundBy, executions: executions[instance] ?? 0 });
  };

  const seedsOf = new Map<number, Attempt[]>(instances.map((instance) => [instance, []]));
  for (const attempt of all) seedsOf.get(attempt.instance)?.push(attempt);

  return {
    all,
    mostSeeds: [...seedsOf.values()].reduce((most, { length }) => Math.max(most, length), 0),
    attempts: (turn, width) =>
      [...seedsOf].flatMap(([instance, seeds]) =>
        hits.has(instance) ? [] : inTurn(seeds, turn * width, width),
      ),
    record: (attempts, inputs, judged, foundBy) => {
      attempts.forEach((attempt, row) => {
        recordRow(attempt, row, inputs, judged, foundBy);
      });
    },
    result: () => ({
      hits: [...hits.values()].sort((a, b) => a.instance - b.instance),
      executions,
      smallestMargin,
    }),
  };
}

/** At most `count` items from position `from` on, round and round, none twice. */
const inTurn = <T>(items: readonly T[], from: number, count: number): T[] =>
  items.filter((_, at) => (at - (from % items.length) + items.length) % items.length < count);

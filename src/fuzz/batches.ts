// Batches: which corpus entry each row mutates, and how. The inputs themselves stay in the graph.
import type { Rng } from '../base/rng.js';
import { float32, joined, type Tensor, tensor } from '../base/tensor.js';
import type { InputSet } from '../policy/input-set.js';
import type { Feeds } from '../program/session.js';
import type { Corpus } from './corpus.js';
import type { Mutator } from './mutators/mutator.js';

export type Batch = {
  readonly rows: number;
  /** Seed that each row descends from. */
  readonly seeds: Int32Array;
  /** Position of each row's parent in the corpus. */
  readonly entries: Int32Array;
  /** Numbers that the mutator drew, row after row. */
  readonly parameters: Float32Array;
};

/** @param entries what to mutate */
export function makeBatch(corpus: Corpus, entries: Int32Array, mutator: Mutator, rng: Rng): Batch {
  const rows = entries.length;
  const parameters = new Float32Array(rows * mutator.parameters);
  for (let row = 0; row < rows; row++) mutator.draw(parameters, row * mutator.parameters, rng);
  const origins = corpus.seeds;
  return { rows, entries, parameters, seeds: entries.map((entry) => origins[entry] as number) };
}

/** Some rows of a batch, as a batch of their own: the same children, wherever the rows stand. */
export function selectRows(
  { seeds, entries, parameters, rows: count }: Batch,
  rows: readonly number[],
): Batch {
  const width = parameters.length / count;
  return {
    rows: rows.length,
    seeds: Int32Array.from(rows, (row) => seeds[row] as number),
    entries: Int32Array.from(rows, (row) => entries[row] as number),
    parameters: Float32Array.from(
      { length: rows.length * width },
      (_, at) => parameters[(rows[Math.floor(at / width)] as number) * width + (at % width)] as number,
    ),
  };
}

/** What the mutating part of the programs reads of a batch. The corpus itself is shared by a round. */
export function mutationFeeds(
  { rows, seeds, entries, parameters }: Batch,
  { instanceOf, lower }: InputSet,
): Feeds {
  const instances = seeds.map((seed) => instanceOf[seed] as number);
  return {
    entry: vector(entries),
    parameters: float32(parameters, [rows, parameters.length / rows]),
    // A program with one box for all does not ask.
    ...(lower.shape[0] !== 1 && { instance: vector(instances) }),
  };
}

/** @param targets reference class per instance */
export const targetFeed = ({ seeds }: Batch, { instanceOf }: InputSet, targets: Int32Array): Feeds => ({
  target: vector(seeds.map((seed) => targets[instanceOf[seed] as number] as number)),
});

const vector = (data: Int32Array): Tensor => tensor('int32', [data.length], data);

/** Batches as one: what several batches leave to be looked at costs one call. */
export function concatenated(batches: readonly Batch[]): Batch {
  return {
    rows: batches.reduce((sum, { rows }) => sum + rows, 0),
    seeds: Int32Array.from(batches.flatMap(({ seeds }) => [...seeds])),
    entries: Int32Array.from(batches.flatMap(({ entries }) => [...entries])),
    parameters: joined(batches.map(({ parameters }) => parameters)),
  };
}

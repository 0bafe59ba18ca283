// Batches: which corpus entries have children, and how these differ from them. The children themselves stay in the graph.
import type { Rng } from '../base/rng.js';
import { float32, joined, type Tensor, tensor } from '../base/tensor.js';
import type { InputSet } from '../policy/input-set.js';
import type { Feeds } from '../program/session.js';
import type { Corpus } from './corpus.js';
import type { Mutator } from './mutators/mutator.js';

/** A grid: child k of parent p is row p * columns + k. */
export type Batch = {
  readonly mutator: Mutator;
  readonly columns: number;
  /** Positions of the parents in the corpus. */
  readonly parents: Int32Array;
  /** Positions of their partners. */
  readonly partners: Int32Array;
  /** Seed that each parent descends from. */
  readonly seeds: Int32Array;
  /** Numbers that the mutator drew: [parents, columns, n], or [1, columns, n] where they are per column. */
  readonly parameters: Float32Array;
};

export const rowsOf = ({ parents, columns }: Pick<Batch, 'parents' | 'columns'>): number =>
  parents.length * columns;

/** Draws the children of some entries. */
export function makeBatch(
  corpus: Corpus,
  parents: Int32Array,
  columns: number,
  mutator: Mutator,
  rng: Rng,
): Batch {
  const origins = corpus.seeds;
  const drawn = (mutator.drawn === 'per column' ? 1 : parents.length) * columns;
  const parameters = new Float32Array(drawn * mutator.parameters);
  for (let child = 0; child < drawn; child++) mutator.draw(parameters, child * mutator.parameters, rng);
  const seeds = parents.map((entry) => origins[entry] as number);
  const partners = seeds.map((seed) => partnerOf(corpus, seed, rng));
  return { mutator, columns, parents, partners, seeds, parameters };
}

/** Another entry of the same seed, if a few draws find one; else any. */
function partnerOf(corpus: Corpus, seed: number, rng: Rng): number {
  let entry = rng.below(corpus.size);
  for (let tries = 0; tries < 3 && corpus.seedOf(entry) !== seed; tries++) entry = rng.below(corpus.size);
  return entry;
}

/** The numbers that made one child. */
export function parametersOf({ mutator, parameters, columns }: Batch, row: number): Float32Array {
  const child = mutator.drawn === 'per column' ? row % columns : row;
  return parameters.subarray(child * mutator.parameters, (child + 1) * mutator.parameters);
}

/** Single children, each with its own parent and numbers: a grid with one column. */
export function singleChildren(batch: Batch, rows: readonly number[]): Batch {
  const { mutator, parents, partners, seeds, columns } = batch;
  const pick = (from: Int32Array) =>
    Int32Array.from(rows, (row) => from[Math.floor(row / columns)] as number);
  const parameters = new Float32Array(rows.length * mutator.parameters);
  rows.forEach((row, at) => {
    parameters.set(parametersOf(batch, row), at * mutator.parameters);
  });
  return {
    mutator: { ...mutator, drawn: 'per child' },
    columns: 1,
    parents: pick(parents),
    partners: pick(partners),
    seeds: pick(seeds),
    parameters,
  };
}

/** Batches of single children by one mutator as one batch. */
export function joinedBatches(batches: readonly Batch[]): Batch {
  const [first] = batches;
  if (first === undefined) throw new RangeError('no batches to join');
  const all = (pick: (batch: Batch) => Int32Array) =>
    Int32Array.from(batches.flatMap((batch) => [...pick(batch)]));
  return {
    ...first,
    parents: all(({ parents }) => parents),
    partners: all(({ partners }) => partners),
    seeds: all(({ seeds }) => seeds),
    parameters: joined(batches.map(({ parameters }) => parameters)),
  };
}

/** What the mutating part of a program may read of a batch; `reads` says what it does. */
export function mutationFeeds(
  { mutator, columns, parents, partners, seeds, parameters }: Batch,
  corpus: Corpus,
  set: InputSet,
  reads: ReadonlySet<string>,
): Feeds {
  const count = parents.length;
  const inputs = (entries: Int32Array): Tensor =>
    gathered(set, count, (at) => corpus.input(entries[at] as number));
  const feeds: Record<string, () => Tensor> = {
    inputs: () => inputs(parents),
    partners: () => inputs(partners),
    seed: () => vector(seeds.slice()),
    instance: () => vector(seeds.map((seed) => set.instanceOf[seed] as number)),
    parameters: () => {
      const leading = mutator.drawn === 'per column' ? 1 : count;
      return float32(parameters, [leading, columns, mutator.parameters]);
    },
  };
  return Object.fromEntries([...reads].flatMap((name) => (feeds[name] ? [[name, feeds[name]()]] : [])));
}

/** Inputs as [n, 1, ...input]. */
function gathered(set: InputSet, count: number, at: (row: number) => Float32Array): Tensor {
  const data = new Float32Array(count * set.size);
  for (let row = 0; row < count; row++) data.set(at(row), row * set.size);
  return { ...float32(data, [count, 1, ...set.shape]), expendable: true };
}

/** A number per parent as one per row. */
export function perRow(perParent: Int32Array, columns: number): Int32Array {
  const result = new Int32Array(perParent.length * columns);
  for (let at = 0; at < perParent.length; at++)
    result.fill(perParent[at] as number, at * columns, (at + 1) * columns);
  return result;
}

/** What the judging part reads of the rows of a batch: their reference classes and their parents. */
export function rowFeeds(batch: Batch, { instanceOf }: InputSet, targets: Int32Array): Feeds {
  const { columns, seeds } = batch;
  const target = new Int32Array(rowsOf(batch));
  const parent = new Int32Array(target.length);
  for (let at = 0; at < seeds.length; at++) {
    parent.fill(at, at * columns, (at + 1) * columns);
    const instance = instanceOf[seeds[at] as number] as number;
    target.fill(targets[instance] as number, at * columns, (at + 1) * columns);
  }
  return { target: vector(target), parent: vector(parent) };
}

/** @param data not used any more by the caller */
export const vector = (data: Int32Array): Tensor => ({
  ...tensor('int32', [data.length], data),
  expendable: true,
});

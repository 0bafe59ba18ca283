// Rows of noise that are drawn once. Drawing a random number per element of every child would cost more than a small network.
import { createRng, type Rng } from '../../base/rng.js';
import { float32, type Tensor } from '../../base/tensor.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import type { Domain } from '../domain.js';
import { indexAt, type Part } from './parts.js';

/** [rows, ...input] */
export type NoiseTable = Tensor<'float32'>;

export type NoiseKind = {
  /** Keeps the tables of different mutators apart. */
  readonly stream: string;
  /** Elements of the table, if that leaves it between `leastRows` and 4096 rows. */
  readonly elements: number;
  readonly leastRows: number;
  /** One number of a row. */
  sample(rng: Rng, row: number): number;
};

const mostRows = 4096;

export function noiseTable(
  { shape, size }: Domain,
  seed: number,
  { stream, elements, leastRows, sample }: NoiseKind,
): NoiseTable {
  const rows = Math.min(Math.max(Math.floor(elements / size), leastRows), mostRows);
  const rng = createRng(seed, stream);
  const data = Float32Array.from({ length: rows * size }, (_, at) => sample(rng, Math.floor(at / size)));
  return float32(data, [rows, ...shape]);
}

/** One row of a table: [parents or 1, children, ...input]. */
export const rowOf = (table: NoiseTable): Part => ({
  bounds: [[0, rowsOf(table) - 1]],
  draw(parameters, at, rng) {
    parameters[at] = rng.below(rowsOf(table));
  },
  encode: (p, parameters) => p.gather(p.constant(table), indexAt(p, parameters, 0), 0),
});

export const rowsOf = ({ shape }: NoiseTable): number => shape[0] ?? 0;

/**
 * Two rows of a table added, in units of the widest box. From r rows that makes r^2 / 2 changes, at the price of one more row per
 * column of a batch. The width is multiplied into the table when the program is compiled: as a factor of every child it was a
 * quarter of a mutation's time.
 */
export function sumOfTwoRows(
  p: Program,
  table: NoiseTable,
  { shape, width }: Domain,
  parameters: Value,
): Value {
  const rows = p.mul(p.constant(table), p.constant(float32(width, [1, ...shape])));
  // Both rows in one node: cutting the parameters apart took as long as adding the rows.
  const both = p.gather(rows, p.cast(parameters, 'int64'), 0);
  return p.reshape(p.reduceSum(both, [2]), [...parameters.shape.slice(0, 2), ...shape]);
}

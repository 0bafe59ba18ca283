// Uniform noise on every element, clipped to the box: TensorFuzz's mutator, at a fraction of its cost.
import { createRng } from '../../base/rng.js';
import { sizeOf } from '../../base/shape.js';
import { float32 } from '../../base/tensor.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import type { Mutator, Parents } from './mutator.js';

const greatestTable = 2 ** 18;
/** Of each row of the table, in widths of the box: fine and coarse changes are equally likely, at most half of the width. */
const amplitudes = [0.25, 0.125, 0.0625, 0.03125];

/**
 * Drawing a random number per element would cost more than a small network: rows of noise are drawn once into a table that
 * fits into the cache, and each child takes the sum of two of them, which gives millions of distinct changes.
 * @param shape of one input
 */
export function createNoise(seed: number, shape: readonly number[]): Mutator {
  const size = sizeOf(shape);
  const rows = Math.min(Math.max(Math.floor(greatestTable / size), 64), 4096);
  const table = noiseTable(seed, rows, size);
  return {
    name: 'noise',
    parameters: 2,
    draw(parameters, at, rng) {
      parameters[at] = rng.below(rows);
      parameters[at + 1] = rng.below(rows);
    },
    encode(p, { inputs, lower, upper, width }, parameters) {
      const noise = p.constant(float32(table, [rows, ...shape]));
      const change = p.add(row(p, noise, parameters, 0), row(p, noise, parameters, 1));
      return p.min(p.max(p.add(inputs, p.mul(change, width)), lower), upper);
    },
  };
}

/** Row r is uniform within its amplitude, either sign. */
function noiseTable(seed: number, rows: number, size: number): Float32Array {
  const rng = createRng(seed, 'noise-table');
  const amplitudeAt = (at: number) => amplitudes[Math.floor(at / size) % amplitudes.length] as number;
  return Float32Array.from({ length: rows * size }, (_, at) => amplitudeAt(at) * (2 * rng.uniform() - 1));
}

/** The rows of the table that one column of the parameters names: [batch, ...input]. */
const row = (p: Program, table: Value, parameters: Value, column: number): Value =>
  p.gather(
    table,
    p.reshape(p.cast(p.slice(parameters, 1, column, column + 1), 'int64'), [batchOf(parameters)]),
    0,
  );

const batchOf = ({ shape }: Pick<Parents['inputs'], 'shape'>) => shape[0] ?? 1;

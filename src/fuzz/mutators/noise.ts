// Uniform noise on every element, clipped to the box: TensorFuzz's mutator, at a fraction of its cost.
import { createRng } from '../../base/rng.js';
import { sizeOf } from '../../base/shape.js';
import { float32 } from '../../base/tensor.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import type { Mutator, Parents } from './mutator.js';

const greatestTable = 2 ** 18;
/** Half-widths of the box; each is drawn equally often. */
const amplitudes = [0.5, 0.25, 0.125, 0.0625];

/**
 * Drawing a random number per element would cost more than a small network: rows of noise are drawn once into a table that
 * fits into the cache, and each child takes the difference of two of them, which gives millions of distinct changes.
 * @param shape of one input
 */
export function createNoise(seed: number, shape: readonly number[]): Mutator {
  const size = sizeOf(shape);
  const rows = Math.min(Math.max(Math.floor(greatestTable / size), 64), 4096);
  const rng = createRng(seed, 'noise-table');
  const table = float32(
    Float32Array.from({ length: rows * size }, () => rng.uniform()),
    [rows, ...shape],
  );
  return {
    name: 'noise',
    parameters: 3,
    draw(parameters, at, draws) {
      parameters[at] = draws.below(rows);
      parameters[at + 1] = draws.below(rows);
      parameters[at + 2] = amplitudes[draws.uint32() & 3] as number;
    },
    encode(p, { inputs, lower, upper }, parameters) {
      const noise = p.sub(row(p, p.constant(table), parameters, 0), row(p, p.constant(table), parameters, 1));
      const amplitude = p.reshape(p.slice(parameters, 1, 2, 3), [batchOf(inputs), ...shape.map(() => 1)]);
      const moved = p.add(inputs, p.mul(noise, p.mul(p.sub(upper, lower), amplitude)));
      return p.min(p.max(moved, lower), upper);
    },
  };
}

/** The rows of the table that one column of the parameters names: [batch, ...input]. */
const row = (p: Program, table: Value, parameters: Value, column: number): Value =>
  p.gather(
    table,
    p.reshape(p.cast(p.slice(parameters, 1, column, column + 1), 'int64'), [batchOf(parameters)]),
    0,
  );

const batchOf = ({ shape }: Pick<Parents['inputs'], 'shape'>) => shape[0] ?? 1;

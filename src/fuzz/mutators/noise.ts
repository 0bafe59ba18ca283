// Uniform noise on every element: TensorFuzz's mutator, at a fraction of its cost.
import { createRng } from '../../base/rng.js';
import { float32 } from '../../base/tensor.js';
import type { Domain } from '../domain.js';
import type { Mutator } from './mutator.js';
import { sumOfTwoRows } from './noise-table.js';

const greatestTable = 2 ** 18;
/** Of each row of the table, in widths of the box: fine and coarse changes are equally likely, at most half of the width. */
const amplitudes = [0.25, 0.125, 0.0625, 0.03125];

/**
 * Drawing a random number per element would cost more than a small network: rows of noise are drawn once into a table that
 * fits into the cache, and each child takes the sum of two of them, which gives thousands of distinct changes of one parent.
 */
export function createNoise({ shape, size }: Domain, seed: number): Mutator {
  const rows = Math.min(Math.max(Math.floor(greatestTable / size), 64), 4096);
  const table = float32(noiseTable(seed, rows, size), [rows, ...shape]);
  return {
    name: 'noise',
    parameters: 2,
    drawn: 'per column',
    draw(parameters, at, rng) {
      parameters[at] = rng.below(rows);
      parameters[at + 1] = rng.below(rows);
    },
    encode: (p, { inputs, width }, parameters) => p.add(inputs, sumOfTwoRows(p, table, width, parameters)),
  };
}

/** Row r is uniform within its amplitude, either sign. */
function noiseTable(seed: number, rows: number, size: number): Float32Array {
  const rng = createRng(seed, 'noise-table');
  const amplitudeAt = (at: number) => amplitudes[Math.floor(at / size) % amplitudes.length] as number;
  return Float32Array.from({ length: rows * size }, (_, at) => amplitudeAt(at) * (2 * rng.uniform() - 1));
}

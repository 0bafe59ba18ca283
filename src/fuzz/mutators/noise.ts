// Noise on every element: uniform, which is TensorFuzz's mutator at a fraction of its cost, and Gaussian.
import type { Rng } from '../../base/rng.js';
import type { Domain } from '../domain.js';
import { type NoiseTable, noiseTable, rowsOf, sumOfTwoRows } from './noise-table.js';
import type { Bound, BoundedMutator } from './parts.js';

/** Fits into the cache with whatever else a batch reads. */
const elements = 2 ** 18;
const leastRows = 64;

/** Of each row of the table, in widths of the box: fine and coarse changes are equally likely, at most half of the width. */
const amplitudes = [0.25, 0.125, 0.0625, 0.03125];
const amplitudeOf = (row: number): number => amplitudes[row % amplitudes.length] as number;

/** Uniform, at most half of the width either way. */
export function createNoise(domain: Domain, seed: number): BoundedMutator {
  const sample = (rng: Rng, row: number) => amplitudeOf(row) * (2 * rng.uniform() - 1);
  return addition(
    'noise',
    domain,
    noiseTable(domain, seed, { stream: 'noise-table', elements, leastRows, sample }),
  );
}

/** Normal, with standard deviations from 0.022 to 0.18 of the width. */
export function createGaussianNoise(domain: Domain, seed: number): BoundedMutator {
  const sample = (rng: Rng, row: number) => 0.5 * amplitudeOf(row) * rng.normal();
  return addition(
    'gaussian-noise',
    domain,
    noiseTable(domain, seed, { stream: 'gaussian-noise-table', elements, leastRows, sample }),
  );
}

/** Each child takes the sum of two rows, which gives thousands of distinct changes of one parent. */
function addition(name: string, domain: Domain, table: NoiseTable): BoundedMutator {
  const rows = rowsOf(table);
  const bound: Bound = [0, rows - 1];
  return {
    name,
    bounds: [bound, bound],
    parameters: 2,
    drawn: 'per column',
    draw(parameters, at, rng) {
      parameters[at] = rng.below(rows);
      parameters[at + 1] = rng.below(rows);
    },
    encode: (p, { inputs }, parameters) => p.add(inputs, sumOfTwoRows(p, table, domain, parameters)),
  };
}

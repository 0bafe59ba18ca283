// Uniform noise on every element, clipped to the box: TensorFuzz's mutator, at a fraction of its cost.
import { createRng } from '../../base/rng.js';
import type { Mutator } from './mutator.js';

/** Odd, so that a stride through the table visits all of it. */
const strides = [1, 3, 5, 7, 11, 13, 17, 19];
const tableSize = 2 ** 16;

/**
 * Drawing a random number per element would cost more than the network: numbers are drawn once into a table, and each
 * mutation reads it from a random place with a random stride, sign and amplitude (1, 1/2, 1/4 or 1/8 of the half-width).
 */
export function createNoise(seed: number): Mutator {
  const rng = createRng(seed, 'noise-table');
  const table = Float32Array.from({ length: tableSize }, () => 2 * rng.uniform() - 1);
  return {
    name: 'noise',
    mutate({ children, childAt, parents, parentAt, lower, upper, boxAt, size }, draws) {
      const choice = draws.uint32();
      const stride = strides[(choice >>> 3) & 7] ?? 1;
      const amplitude = (choice & 4 ? 0.5 : -0.5) / (1 << (choice & 3));
      let place = choice >>> 16;
      for (let at = 0; at < size; at++) {
        const least = lower[boxAt + at] as number;
        const most = upper[boxAt + at] as number;
        const moved =
          (parents[parentAt + at] as number) + amplitude * (most - least) * (table[place] as number);
        // Stored as float32, which rounds to nearest: bounds that are float32 themselves are never passed.
        children[childAt + at] = Math.min(Math.max(moved, least), most);
        place = (place + stride) & (tableSize - 1);
      }
    },
  };
}

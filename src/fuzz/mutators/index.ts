// Mutators: one literal table of factories, each given the seed of the run and the shape of one input.
import type { Mutator } from './mutator.js';
import { createNoise } from './noise.js';

export const mutators = { noise: createNoise } satisfies Record<
  string,
  (seed: number, shape: readonly number[]) => Mutator
>;

// Mutators: one literal table of factories, each given the seed of the run.
import type { Mutator } from './mutator.js';
import { createNoise } from './noise.js';

export const mutators = { noise: createNoise } satisfies Record<string, (seed: number) => Mutator>;
export type MutatorName = keyof typeof mutators;

// Mutators: one literal table of factories.
import type { CreateMutator } from './mutator.js';
import { createNoise } from './noise.js';

export const mutators = { noise: createNoise } satisfies Record<string, CreateMutator>;
export type MutatorName = keyof typeof mutators;

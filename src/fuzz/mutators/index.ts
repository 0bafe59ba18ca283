// Mutators: one literal table of factories.
import { UserError } from '../../base/user-error.js';
import { nearest, show } from '../../policy/suggest.js';
import { createBlur } from './blur.js';
import { createBrightness, createContrast } from './brightness.js';
import { createCorners } from './corners.js';
import { createDictionary } from './dictionary.js';
import { createFog } from './fog.js';
import { createRotation, createScale, createShear, createShift } from './geometry.js';
import { createPatchNoise, createSparseNoise } from './local-noise.js';
import type { CreateMutator } from './mutator.js';
import { createGaussianNoise, createNoise } from './noise.js';
import { createOcclusion } from './occlusion.js';
import { createBlend, createCrossover, createSplice } from './splice.js';
import { createTabularStep } from './tabular-step.js';

export const mutators = {
  noise: createNoise,
  'gaussian-noise': createGaussianNoise,
  'sparse-noise': createSparseNoise,
  'patch-noise': createPatchNoise,
  brightness: createBrightness,
  contrast: createContrast,
  blur: createBlur,
  shift: createShift,
  rotation: createRotation,
  shear: createShear,
  scale: createScale,
  occlusion: createOcclusion,
  fog: createFog,
  'tabular-step': createTabularStep,
  splice: createSplice,
  crossover: createCrossover,
  blend: createBlend,
  dictionary: createDictionary,
  corners: createCorners,
} satisfies Record<string, CreateMutator>;

export type MutatorName = keyof typeof mutators;

export const mutatorNames = Object.keys(mutators) as MutatorName[];

/** All of them; those that do not apply to the inputs stay out. */
export const defaultMutators: readonly CreateMutator[] = Object.values(mutators);

const isMutatorName = (name: string): name is MutatorName => Object.hasOwn(mutators, name);

/**
 * @param text names separated by commas; a name that is given twice counts once
 * @param where what it was read from, for the error
 */
export function parseMutators(text: string, where = '--mutators'): readonly CreateMutator[] {
  const names = text.split(',').map((name) => name.trim());
  return [...new Set(names)].map((name) => {
    if (isMutatorName(name)) return mutators[name];
    const meant = nearest(name, mutatorNames);
    throw new UserError('USAGE', {
      where,
      problem: name === '' ? 'a mutator has no name' : `unknown mutator ${show(name)}`,
      hint: `${meant === undefined ? '' : `did you mean ${show(meant)}? `}The mutators are ${mutatorNames.join(', ')}`,
    });
  });
}

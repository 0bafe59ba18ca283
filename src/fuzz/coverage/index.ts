// Coverage criteria: one literal table.
import { activationDistance } from './activation-distance.js';
import { neuronBoundary, strongActivation } from './corners.js';
import type { CoverageCriterion } from './criterion.js';
import { kMultisection } from './k-multisection.js';
import { absoluteNeuronCoverage, neuronCoverage } from './neuron-coverage.js';
import { signPatterns } from './sign-patterns.js';
import { topKNeurons } from './top-k-neurons.js';
import { topKPatterns } from './top-k-patterns.js';

/** What fuzzing uses unless told otherwise. */
export const defaultCriteria = {
  'activation-distance': activationDistance(),
  'neuron-coverage': neuronCoverage(),
} satisfies Record<string, CoverageCriterion>;

/** Those that judge every execution. */
export const cheapCriteria = {
  ...defaultCriteria,
  'absolute-neuron-coverage': absoluteNeuronCoverage(),
  'k-multisection': kMultisection(),
  'neuron-boundary': neuronBoundary(),
  'strong-activation': strongActivation(),
  'top-k-neurons': topKNeurons(),
  'top-k-patterns': topKPatterns(),
  'sign-patterns': signPatterns(),
} satisfies Record<string, CoverageCriterion>;

export const coverageCriteria = {
  ...cheapCriteria,
} satisfies Record<string, CoverageCriterion>;

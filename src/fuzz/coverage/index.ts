// Coverage criteria: one literal table.
import { activationDistance } from './activation-distance.js';
import type { CoverageCriterion } from './criterion.js';
import { neuronCoverage } from './neuron-coverage.js';

export const coverageCriteria = {
  'activation-distance': activationDistance,
  'neuron-coverage': neuronCoverage,
} satisfies Record<string, CoverageCriterion>;

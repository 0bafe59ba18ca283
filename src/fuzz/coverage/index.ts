// Coverage criteria: one literal table of factories, and what they make without options.
import { activationDistance, activationDistanceOptions } from './activation-distance.js';
import type { CalibratedCriterion } from './calibrated.js';
import { cornerOptions, neuronBoundary, strongActivation } from './corners.js';
import { distanceSurprise } from './distance-surprise.js';
import { kMultisection, kMultisectionOptions } from './k-multisection.js';
import { layerCovariance, layerCovarianceOptions } from './layer-covariance.js';
import { likelihoodSurprise } from './likelihood-surprise.js';
import { mahalanobisSurprise } from './mahalanobis-surprise.js';
import {
  absoluteNeuronCoverage,
  absoluteNeuronCoverageOptions,
  neuronCoverage,
  neuronCoverageOptions,
} from './neuron-coverage.js';
import type { CriterionKind } from './options.js';
import { signPatterns } from './sign-patterns.js';
import { surpriseOptions } from './surprise.js';
import { topKOptions } from './top-k.js';
import { topKNeurons } from './top-k-neurons.js';
import { topKPatterns } from './top-k-patterns.js';

export const criterionKinds = {
  'activation-distance': { create: activationDistance, options: activationDistanceOptions },
  'neuron-coverage': { create: neuronCoverage, options: neuronCoverageOptions },
  'absolute-neuron-coverage': { create: absoluteNeuronCoverage, options: absoluteNeuronCoverageOptions },
  'k-multisection': { create: kMultisection, options: kMultisectionOptions },
  'neuron-boundary': { create: neuronBoundary, options: cornerOptions },
  'strong-activation': { create: strongActivation, options: cornerOptions },
  'top-k-neurons': { create: topKNeurons, options: topKOptions },
  'top-k-patterns': { create: topKPatterns, options: topKOptions },
  'sign-patterns': { create: signPatterns, options: {} },
  'likelihood-surprise': { create: likelihoodSurprise, options: surpriseOptions },
  'distance-surprise': { create: distanceSurprise, options: surpriseOptions },
  'mahalanobis-surprise': { create: mahalanobisSurprise, options: surpriseOptions },
  'layer-covariance': { create: layerCovariance, options: layerCovarianceOptions },
} satisfies Record<string, CriterionKind>;

/** Criteria whose `covered` is never a number: there is no end to what they count. */
const endless: ReadonlySet<string> = new Set([
  'activation-distance',
  'top-k-patterns',
  'layer-covariance',
] satisfies (keyof typeof criterionKinds)[]);

/** @param criterion its name, with options or without */
export const hasTotal = (criterion: string): boolean => !endless.has(criterion.split(':')[0] ?? '');

/** What fuzzing uses unless told otherwise. */
export const defaultCriteria = {
  'activation-distance': activationDistance(),
  'neuron-coverage': neuronCoverage(),
} satisfies Record<string, CalibratedCriterion>;

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
} satisfies Record<string, CalibratedCriterion>;

/** All of them. */
export const coverageCriteria = {
  ...cheapCriteria,
  'likelihood-surprise': likelihoodSurprise(),
  'distance-surprise': distanceSurprise(),
  'mahalanobis-surprise': mahalanobisSurprise(),
  'layer-covariance': layerCovariance(),
} satisfies Record<string, CalibratedCriterion>;

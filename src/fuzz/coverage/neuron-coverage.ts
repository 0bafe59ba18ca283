// DeepXplore (Pei et al., arXiv 1705.06640, section 4.1): a neuron is covered once some input activates it above a threshold.
// Scaled: each layer is first brought to [0, 1] for each input, as in the paper's experiments (section 6). Absolute: it is not.
import { float32 } from '../../base/tensor.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { type CalibratedCriterion, withSeeds } from './calibrated.js';
import { cellState } from './cells.js';
import {
  excessByLayer,
  greatestOf,
  listOf,
  mostAbove,
  type Neurons,
  neuronsOf,
  strangeness,
  unreachable,
} from './neurons.js';
import { type Given, nameOf, type OptionRules, withDefaults } from './options.js';

export const neuronCoverageOptions = {
  threshold: {
    default: 0.75,
    least: 0,
    greatest: 1,
    integer: false,
    meaning: 'active above this, in a layer scaled to [0, 1]',
  },
} satisfies OptionRules;

export const absoluteNeuronCoverageOptions = {
  threshold: {
    default: 0.75,
    least: -1e30,
    greatest: 1e30,
    integer: false,
    meaning: 'active above this',
  },
} satisfies OptionRules;

/** Active above a share of the way from the least to the greatest activation of the layer. */
export function neuronCoverage(given: Given<typeof neuronCoverageOptions> = {}): CalibratedCriterion {
  const { threshold } = withDefaults(given, neuronCoverageOptions);
  const thresholdOf: Threshold = (p, layer) => {
    const [least, most] = [listOf(p, p.reduceMin(layer, [1])), listOf(p, p.reduceMax(layer, [1]))];
    return p.add(least, p.mul(p.sub(most, least), threshold));
  };
  const name = nameOf('neuron-coverage', given, neuronCoverageOptions);
  return build(name, thresholdOf, 0, (p, neurons, covered) =>
    excessByLayer(p, neurons, covered, (layer) => thresholdOf(p, layer)),
  );
}

/** Active above a number. */
export function absoluteNeuronCoverage(
  given: Given<typeof absoluteNeuronCoverageOptions> = {},
): CalibratedCriterion {
  const { threshold } = withDefaults(given, absoluteNeuronCoverageOptions);
  return build(
    nameOf('absolute-neuron-coverage', given, absoluteNeuronCoverageOptions),
    (p) => p.scalar('float32', threshold),
    threshold,
    (p, { values }, covered) => [mostAbove(p, values, covered)],
  );
}

/** What a layer's activations are compared with: [batch, width] -> [batch], or one number. */
type Threshold = (p: Program, layer: Value) => Value;

/** How far the most active of the uncovered neurons is above its threshold: [batch] each. @param covered as it is fed */
type Excess = (p: Program, neurons: Neurons, covered: Value) => Value[];

/** @param uncovered what is fed for a neuron that is not covered; for the others it is huge */
function build(name: string, threshold: Threshold, uncovered: number, excess: Excess): CalibratedCriterion {
  const uncoveredInput = `${name}:uncovered`;
  const coveredInput = `${name}:covered`;
  return withSeeds({
    name,
    screen(p, encoding) {
      const neurons = neuronsOf(p, encoding);
      if (neurons === undefined) return undefined;
      const covered = p.input(coveredInput, 'float32', [1, neurons.count]);
      return greatestOf(p, excess(p, neurons, covered));
    },
    profile(p, encoding) {
      const neurons = neuronsOf(p, encoding);
      if (neurons === undefined) return undefined;
      const active = p.add(activeOf(p, neurons, threshold), strangeness(p, neurons));
      // A product with the column of uncovered neurons counts them.
      const uncovered = p.input(uncoveredInput, 'float32', [neurons.count, 1]);
      return { novelty: p.reshape(p.matmul(active, uncovered), [neurons.rows]), profile: active };
    },
    calibrate: ({ width }) =>
      cellState({
        name,
        count: width,
        noun: 'neurons',
        cellsOf: activeIn,
        feeds: (left) => ({
          [uncoveredInput]: float32(left, [width, 1]),
          [coveredInput]: float32(
            Float32Array.from(left, (one) => (one === 1 ? uncovered : unreachable)),
            [1, width],
          ),
        }),
      }),
  });
}

/** Neurons whose profile is 1. */
function activeIn(profile: Float32Array, into: Int32Array): number {
  let count = 0;
  for (let neuron = 0; neuron < profile.length; neuron++) if (profile[neuron] === 1) into[count++] = neuron;
  return count;
}

/** 1 where the activation is above the threshold: [batch, neurons]. */
const activeOf = (p: Program, { layers }: Neurons, threshold: Threshold): Value =>
  p.concat(
    layers.map((layer) => {
      const bound = threshold(p, layer);
      return p.cast(
        p.greater(layer, bound.shape.length === 0 ? bound : p.reshape(bound, [...bound.shape, 1])),
        'float32',
      );
    }),
    1,
  );

// DeepXplore (Pei et al., arXiv 1705.06640, section 4.1): a neuron is covered once some input activates it above a threshold.
// Scaled: each layer is first brought to [0, 1] for each input, as in the paper's experiments (section 6). Absolute: it is not.
import { float32 } from '../../base/tensor.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { type CalibratedCriterion, withSeeds } from './calibrated.js';
import { cellState } from './cells.js';
import { greatestOf, type Neurons, neuronsOf, offsetsOf, strangeness, unreachable } from './neurons.js';
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
  return build(nameOf('neuron-coverage', given, neuronCoverageOptions), (p, layer) => {
    const [least, most] = [p.reduceMin(layer, [1]), p.reduceMax(layer, [1])];
    return p.add(least, p.mul(p.sub(most, least), threshold));
  });
}

/** Active above a number. */
export function absoluteNeuronCoverage(
  given: Given<typeof absoluteNeuronCoverageOptions> = {},
): CalibratedCriterion {
  const { threshold } = withDefaults(given, absoluteNeuronCoverageOptions);
  const name = nameOf('absolute-neuron-coverage', given, absoluteNeuronCoverageOptions);
  return build(name, (p) => p.scalar('float32', threshold));
}

/** What a layer's activations are compared with: [batch, width] -> [batch, 1], or one number. */
type Threshold = (p: Program, layer: Value) => Value;

/**
 * Screening compares the greatest activation of what is still uncovered of each layer: what is covered has a huge number
 * subtracted first.
 */
function build(name: string, threshold: Threshold): CalibratedCriterion {
  const uncoveredInput = `${name}:uncovered`;
  const coveredInput = `${name}:covered`;
  return withSeeds({
    name,
    screen(p, encoding) {
      const neurons = neuronsOf(p, encoding);
      if (neurons === undefined) return undefined;
      const covered = p.input(coveredInput, 'float32', [1, neurons.count]);
      const offsets = offsetsOf(neurons.widths);
      const excesses = neurons.layers.map((layer, at) => {
        const [from, width] = [offsets[at] ?? 0, neurons.widths[at] ?? 0];
        const candidates = p.sub(layer, p.slice(covered, 1, from, from + width));
        return p.sub(p.reduceMax(candidates, [1]), threshold(p, layer));
      });
      return greatestOf(p, excesses, neurons.rows);
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
        cellsOf: (profile) => [...profile.keys()].filter((neuron) => profile[neuron] === 1),
        feeds: (uncovered) => ({
          [uncoveredInput]: float32(uncovered, [width, 1]),
          [coveredInput]: float32(
            Float32Array.from(uncovered, (one) => (one === 1 ? 0 : unreachable)),
            [1, width],
          ),
        }),
      }),
  });
}

/** 1 where the activation is above the threshold: [batch, neurons]. */
const activeOf = (p: Program, { layers }: Neurons, threshold: Threshold): Value =>
  p.concat(
    layers.map((layer) => p.cast(p.greater(layer, threshold(p, layer)), 'float32')),
    1,
  );

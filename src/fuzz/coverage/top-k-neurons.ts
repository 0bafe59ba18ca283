// Top-k neuron coverage (DeepGauge, Ma et al., arXiv 1803.07519, section 3.2, definition 4): a neuron is covered once it was among
// the k most active of its layer.
import { float32 } from '../../base/tensor.js';
import { type CalibratedCriterion, withSeeds } from './calibrated.js';
import { cellState } from './cells.js';
import { excessByLayer, greatestOf, neuronsOf, unreachable } from './neurons.js';
import { type Given, nameOf, withDefaults } from './options.js';
import {
  layoutOf,
  neuronCount,
  parentsTops,
  placesAmongAll,
  placesIn,
  TopsOfCorpus,
  tie,
  topKOptions,
  topProfile,
} from './top-k.js';

/**
 * Screening sorts nothing: whatever is among the top k is at least as active as the least of any k neurons of its layer, such
 * as those that are the parent's top. So it compares the most active of the uncovered neurons with them.
 */
export function topKNeurons(given: Given<typeof topKOptions> = {}): CalibratedCriterion {
  const { k } = withDefaults(given, topKOptions);
  const name = nameOf('top-k-neurons', given, topKOptions);
  const [uncoveredInput, coveredInput] = [`${name}:uncovered`, `${name}:covered`, `${name}:parents`];
  return withSeeds({
    name,
    screen(p, encoding, parent) {
      const neurons = neuronsOf(p, encoding);
      if (neurons === undefined) return undefined;
      const covered = p.input(coveredInput, 'float32', [1, neurons.count]);
      const tops = parentsTops(p, neurons, parent, k);
      const excesses = excessByLayer(p, neurons, covered, (layer, at) => tops[at]?.least ?? layer);
      return p.add(greatestOf(p, excesses), tie);
    },
    profile(p, encoding) {
      const neurons = neuronsOf(p, encoding);
      if (neurons === undefined) return undefined;
      const profile = topProfile(p, neurons, k);
      const uncovered = p.input(uncoveredInput, 'float32', [neurons.count]);
      const fresh = p.reduceSum(p.gather(uncovered, placesAmongAll(p, profile, neurons, k), 0), [1]);
      const strange = p.mul(p.reduceSum(profile, [1]), 0);
      return { novelty: p.reshape(p.add(fresh, strange), [neurons.rows]), profile };
    },
    calibrate(start) {
      const layout = layoutOf(start, k);
      const count = neuronCount(layout);
      const tops = new TopsOfCorpus(layout);
      return cellState({
        name,
        count,
        noun: 'neurons',
        cellsOf(profile, into) {
          const cells = placesIn(profile, layout, into);
          for (let at = 0; at < cells; at++)
            into[at] = (into[at] as number) + (layout.offsets[Math.floor(at / k)] ?? 0);
          return cells;
        },
        feeds: (uncovered) => ({
          [uncoveredInput]: float32(uncovered),
          [coveredInput]: float32(
            Float32Array.from(uncovered, (one) => (one === 1 ? 0 : unreachable)),
            [1, count],
          ),
        }),
        joined: (profile) => tops.add(profile),
        parentFeeds: tops.feeds,
      });
    },
  });
}

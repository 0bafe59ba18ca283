// Top-k neuron patterns (DeepGauge, Ma et al., arXiv 1803.07519, section 3.2, definition 5): which neurons are the k most active of
// each layer, all layers together. There is no total; each pattern that was not seen before counts.
import { createRng } from '../../base/rng.js';
import { float32 } from '../../base/tensor.js';
import { type CalibratedCriterion, type MeasurableState, withSeeds } from './calibrated.js';
import { cellState } from './cells.js';
import type { CoverageState } from './criterion.js';
import { greatestOf, neuronsOf, unreachable } from './neurons.js';
import { type Given, nameOf, withDefaults } from './options.js';
import {
  layoutOf,
  neuronCount,
  parentsTops,
  placesAmongAll,
  placesIn,
  type TopLayout,
  TopsOfCorpus,
  tie,
  topKOptions,
  topProfile,
} from './top-k.js';

/** Patterns are hashed into so many cells, as AFL's map holds edges: the map stays small, and few new ones are missed. */
const cells = 2 ** 16;

/**
 * Screening asks whether the pattern is the parent's, which the corpus has: some neuron that was not at the top is as active as
 * the least that was.
 */
export function topKPatterns(given: Given<typeof topKOptions> = {}): CalibratedCriterion {
  const { k } = withDefaults(given, topKOptions);
  const name = nameOf('top-k-patterns', given, topKOptions);
  const [uncoveredInput, unknownInput] = [`${name}:uncovered`, `${name}:unknown`];
  return withSeeds({
    name,
    screen(p, encoding, parent) {
      const neurons = neuronsOf(p, encoding);
      if (neurons === undefined) return undefined;
      const excesses = parentsTops(p, neurons, parent, k).map(({ layer, places, least }) => {
        const none = p.fillLike(p.cast(places, 'float32'), -Infinity);
        return p.sub(p.reduceMax(p.replaceElements(layer, places, none, 1), [1]), least);
      });
      // Huge where the parent's pattern is not known.
      const unknown = p.gather(p.input(unknownInput, 'float32', ['parents', 1]), parent, 0);
      return p.add(greatestOf(p, [...excesses, unknown], neurons.rows), tie);
    },
    profile(p, encoding) {
      const neurons = neuronsOf(p, encoding);
      if (neurons === undefined) return undefined;
      const profile = topProfile(p, neurons, k);
      const weights = p.constant(float32(weightsOf(neurons.count, neurons.layers.length * k)));
      const sum = p.reduceSum(p.gather(weights, placesAmongAll(p, profile, neurons, k), 0), [1]);
      // Whole numbers below 2^24: nothing rounds.
      const cell = p.sub(sum, p.mul(p.floor(p.mul(sum, 1 / cells)), cells));
      const fresh = p.gather(p.input(uncoveredInput, 'float32', [cells]), p.cast(cell, 'int64'), 0);
      const strange = p.mul(p.reduceSum(profile, [1]), 0);
      return { novelty: p.reshape(p.add(fresh, strange), [neurons.rows]), profile };
    },
    calibrate: (start) => patternState(name, layoutOf(start, k), { uncoveredInput, unknownInput }),
  });
}

type Inputs = Record<'uncoveredInput' | 'unknownInput', string>;

function patternState(name: string, layout: TopLayout, inputs: Inputs): MeasurableState {
  const weights = weightsOf(neuronCount(layout), layout.widths.length * layout.k);
  const tops = new TopsOfCorpus(layout);
  const strange: number[] = [];
  const patterns = new Set<string>();
  const state = cellState({
    name,
    count: cells,
    noun: 'cells of patterns',
    cellsOf(profile) {
      const places = placesIn(profile, layout);
      return places === undefined ? [] : [cellOf(places, layout, weights)];
    },
    feeds: (uncovered) => ({ [inputs.uncoveredInput]: float32(uncovered) }),
    joined(profile) {
      tops.add(profile);
      const places = placesIn(profile, layout);
      strange.push(places === undefined ? 1 : 0);
      if (places !== undefined) patterns.add(keyOf(places, layout));
    },
  });
  const parentFeeds: CoverageState['parentFeeds'] = (entries) => ({
    ...tops.feeds(entries),
    [inputs.unknownInput]: float32(
      Float32Array.from(entries, (entry) => (strange[entry] === 0 ? -unreachable : unreachable)),
      [entries.length, 1],
    ),
  });
  return {
    ...state,
    parentFeeds,
    summary: () => ({ ...state.summary(), covered: null }),
    measure: () => ({ covered: null, value: patterns.size, detail: `${patterns.size} different patterns` }),
  };
}

/** The sum of what its neurons weigh, modulo the number of cells. */
function cellOf(places: readonly number[], { k, offsets }: TopLayout, weights: Float32Array): number {
  const sum = places.reduce(
    (all, place, at) => all + (weights[place + (offsets[Math.floor(at / k)] ?? 0)] ?? 0),
    0,
  );
  return sum % cells;
}

/** Sets of neurons, whatever their order. */
const keyOf = (places: readonly number[], { k, widths }: TopLayout): string =>
  widths
    .map((_, layer) =>
      places
        .slice(layer * k, (layer + 1) * k)
        .sort((a, b) => a - b)
        .join(),
    )
    .join(';');

/** Random whole numbers per neuron, so small that the sum of so many of them is exact in float32. */
function weightsOf(neurons: number, terms: number): Float32Array {
  const rng = createRng(0, 'top-k-patterns');
  const greatest = Math.min(cells, Math.max(2, Math.floor(2 ** 24 / terms)));
  return Float32Array.from({ length: neurons }, () => rng.below(greatest));
}

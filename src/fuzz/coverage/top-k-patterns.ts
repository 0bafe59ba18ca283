// Top-k neuron patterns (DeepGauge, Ma et al., arXiv 1803.07519, section 3.2, definition 5): which neurons are the k most active of
// each layer, all layers together. There is no total; each pattern that was not seen before counts.
import { createRng } from '../../base/rng.js';
import { float32 } from '../../base/tensor.js';
import { type CalibratedCriterion, type MeasurableState, withSeeds } from './calibrated.js';
import { cellState } from './cells.js';
import type { CoverageState } from './criterion.js';
import { greatestOf, listOf, neuronsOf, unreachable } from './neurons.js';
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
        return p.sub(listOf(p, p.reduceMax(p.replaceElements(layer, places, none, 1), [1])), least);
      });
      // Huge where the parent's pattern is not known.
      const unknown = p.gather(p.input(unknownInput, 'float32', ['parents']), parent, 0);
      return p.add(greatestOf(p, [...excesses, unknown]), tie);
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
  const state = cellState({
    name,
    count: cells,
    noun: 'cells of patterns',
    cellsOf(profile, into) {
      const places = placesIn(profile, layout, into);
      if (places === 0) return 0;
      into[0] = cellOf(into, places, layout, weights);
      return 1;
    },
    feeds: () => ({}),
    // Screens do not read the map, and it is large.
    table: (uncovered) => ({ [inputs.uncoveredInput]: float32(uncovered) }),
    joined(profile) {
      strange.push(tops.add(profile) ? 0 : 1);
    },
  });
  const parentFeeds: CoverageState['parentFeeds'] = (entries) => ({
    ...tops.feeds(entries),
    [inputs.unknownInput]: float32(
      Float32Array.from(entries, (entry) => (strange[entry] === 0 ? -unreachable : unreachable)),
      [entries.length],
    ),
  });
  return {
    ...state,
    parentFeeds,
    summary: () => ({ ...state.summary(), covered: null }),
    measure() {
      const keys = strange.flatMap((one, entry) => (one === 1 ? [] : [keyOf(tops.of(entry), layout)]));
      const value = new Set(keys).size;
      return { covered: null, value, detail: `${value} different patterns` };
    },
  };
}

/** The sum of what its neurons weigh, modulo the number of cells. */
function cellOf(places: Int32Array, count: number, { k, offsets }: TopLayout, weights: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < count; at++)
    sum += weights[(places[at] as number) + (offsets[Math.floor(at / k)] ?? 0)] ?? 0;
  return sum % cells;
}

/** Sets of neurons, whatever their order. */
const keyOf = (places: Int32Array, { k, widths }: TopLayout): string =>
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

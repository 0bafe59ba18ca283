// Layer-wise covariance coverage (NLC: Yuan et al., Revisiting Neuron Coverage for DNN Testing, arXiv 2112.01955, section 4): the sum
// over layers of the mean magnitude of the covariance of a layer's neurons. An input is new when it makes that sum grow.
// There is no total. Dear: candidates only.
import { float32, int64 } from '../../base/tensor.js';
import type { Program } from '../../program/program.js';
import type { Feeds } from '../../program/session.js';
import type { Value } from '../../program/value.js';
import { type CalibratedCriterion, isFiniteRow, type MeasurableState, withSeeds } from './calibrated.js';
import type { Start } from './criterion.js';
import { Moments } from './moments.js';
import { type Neurons, neuronsOf, offsetsOf, strangeness } from './neurons.js';
import { type Given, nameOf, type OptionRules, withDefaults } from './options.js';
import { deviationsOf } from './ranges.js';

export const layerCovarianceOptions = {
  neurons: {
    default: 256,
    least: 1,
    greatest: 2048,
    integer: true,
    meaning: 'neurons per layer, those that vary most',
  },
} satisfies OptionRules;

/** Profiles: [batch, count + layers + 1], all neurons, NaN where some is not finite; the widths of the layers; their number. */
export function layerCovariance(given: Given<typeof layerCovarianceOptions> = {}): CalibratedCriterion {
  const { neurons: most } = withDefaults(given, layerCovarianceOptions);
  const name = nameOf('layer-covariance', given, layerCovarianceOptions);
  return withSeeds({
    name,
    profile(p, encoding) {
      const neurons = neuronsOf(p, encoding);
      if (neurons === undefined) return undefined;
      const strange = strangeness(p, neurons);
      const constants = [...neurons.widths, neurons.layers.length].map((one) => p.fillLike(strange, one));
      const growth = neurons.layers
        .map((layer, at) => growthOf(p, layer, neurons, at, name, most))
        .reduce((sum, one) => p.add(sum, one));
      return {
        novelty: p.add(growth, p.reshape(strange, [neurons.rows])),
        profile: p.concat([p.add(neurons.values, strange), ...constants], 1),
      };
    },
    calibrate: (start) => createState(name, start, most),
  });
}

/** How much the mean magnitude of one layer's covariance would grow, summed as differences so that little cancels: [batch]. */
function growthOf(
  p: Program,
  layer: Value,
  { rows, widths }: Neurons,
  at: number,
  name: string,
  most: number,
): Value {
  const width = Math.min(widths[at] ?? 0, most);
  const input = (part: string, shape: readonly number[]) => p.input(`${name}:${part}${at}`, 'float32', shape);
  const chosen = p.gather(layer, p.input(`${name}:neurons${at}`, 'int64', [width]), 1);
  const difference = p.sub(chosen, input('mean', [1, width]));
  const scaled = p.mul(difference, input('gain', []));
  const products = p.mul(p.reshape(scaled, [rows, width, 1]), p.reshape(difference, [rows, 1, width]));
  const before = input('covariance', [1, width, width]);
  const after = p.add(p.mul(before, input('keep', [])), products);
  return p.reshape(p.reduceMean(p.sub(p.abs(after), p.abs(before)), [1, 2]), [rows]);
}

function createState(name: string, start: Start, most: number): MeasurableState {
  const layers = layersOf(start, most);
  let [size, kept] = [0, 0];
  const valuesOf = (profile: Float32Array, { places }: LayerState) =>
    Float64Array.from(places, (place) => profile[place] ?? 0);
  const growth = (profile: Float32Array): number =>
    layers.reduce((sum, layer) => sum + layer.moments.growth(valuesOf(profile, layer)), 0);
  const total = (): number => layers.reduce((sum, { moments }) => sum + moments.magnitude(), 0);
  const feeds = tableOf(name, layers, () => size);
  return {
    snapshot: () => ({ size, feeds: {}, table: feeds() }),
    isNew: (profile) => isFiniteRow(profile) && growth(profile) > 0,
    add(profile, wasNew) {
      size++;
      if (wasNew) kept++;
      if (!isFiniteRow(profile)) return;
      for (const layer of layers) layer.moments.add(valuesOf(profile, layer));
    },
    summary: () => ({ criterion: name, kept, covered: null }),
    measure: () => ({
      covered: null,
      value: total(),
      detail: 'mean magnitude of covariances, summed over layers',
    }),
  };
}

type LayerState = {
  /** Among all neurons. */
  readonly places: readonly number[];
  readonly offset: number;
  readonly moments: Moments;
};

function layersOf(start: Start, most: number): LayerState[] {
  const { seeds, width } = start;
  const count = seeds[width - 1] ?? 0;
  const widths = [...seeds.subarray(width - 1 - count, width - 1)];
  const deviations = deviationsOf(start);
  return offsetsOf(widths).map((offset, layer) => {
    const places = Array.from({ length: widths[layer] ?? 0 }, (_, at) => offset + at)
      .sort((a, b) => (deviations[b] ?? 0) - (deviations[a] ?? 0) || a - b)
      .slice(0, most)
      .sort((a, b) => a - b);
    return { places, offset, moments: new Moments(places.length) };
  });
}

/** The same feeds until the corpus has grown by more than one in a hundred: what they call new is looked at again anyhow. */
function tableOf(name: string, layers: readonly LayerState[], size: () => number): () => Feeds {
  let [made, before]: [Feeds | undefined, number] = [undefined, 0];
  return () => {
    if (made === undefined || size() - before > before / 100)
      [made, before] = [Object.assign({}, ...layers.map((layer, at) => feedsOf(name, layer, at))), size()];
    return made ?? {};
  };
}

function feedsOf(name: string, { places, offset, moments }: LayerState, at: number): Feeds {
  const { mean, covariance, next, width } = moments;
  return {
    [`${name}:neurons${at}`]: int64(places.map((place) => place - offset)),
    [`${name}:mean${at}`]: float32(mean, [1, width]),
    [`${name}:covariance${at}`]: float32(covariance, [1, width, width]),
    [`${name}:keep${at}`]: float32([next.keep], []),
    [`${name}:gain${at}`]: float32([next.gain], []),
  };
}

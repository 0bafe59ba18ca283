// The k most active neurons of each layer (DeepGauge, Ma et al., arXiv 1803.07519, section 3.2). Of equally active neurons the
// first ones count, so that there are always k, or all of a layer that has no more.
import { float32, tensor } from '../../base/tensor.js';
import type { Program } from '../../program/program.js';
import type { Feeds } from '../../program/session.js';
import type { Value } from '../../program/value.js';
import type { Start } from './criterion.js';
import { GrowingRows } from './growing-rows.js';
import { listOf, type Neurons, offsetsOf, strangeness } from './neurons.js';
import type { OptionRules } from './options.js';

export const topKOptions = {
  k: { default: 2, least: 1, greatest: 1000, integer: true, meaning: 'neurons per layer' },
} satisfies OptionRules;

/**
 * Profiles: [batch, layers * (k + 1)], per layer its width and the places of its top neurons, greatest first; the first place
 * again where the layer has fewer than k, NaN where the row is not finite.
 */
export function topProfile(p: Program, neurons: Neurons, k: number): Value {
  const strange = strangeness(p, neurons);
  const columns = neurons.layers.flatMap((layer, at) => {
    const width = neurons.widths[at] ?? 0;
    const places = topPlaces(p, layer, Math.min(k, width)).map((place) => p.add(place, strange));
    const padding = Array.from({ length: k - places.length }, () => places[0] ?? strange);
    return [p.fillLike(strange, width), ...places, ...padding];
  });
  return p.concat(columns, 1);
}

/** The greatest is looked for and taken out, again and again: float32 [batch, 1] each. */
function topPlaces(p: Program, layer: Value, count: number): Value[] {
  let rest = layer;
  return Array.from({ length: count }, () => {
    const greatest = p.argMax(rest, 1);
    const place = p.reshape(greatest, [...greatest.shape, 1]);
    rest = p.replaceElements(rest, place, p.fillLike(p.gatherElements(rest, place, 1), -Infinity), 1);
    return p.cast(place, 'float32');
  });
}

/** Places among all neurons, int64 [batch, layers * k], from profiles. Anything where the row is not finite. */
export function placesAmongAll(p: Program, profile: Value, { widths }: Neurons, k: number): Value {
  const columns = widths.map((_, at) => p.slice(profile, 1, at * (k + 1) + 1, (at + 1) * (k + 1)));
  const offsets = offsetsOf(widths).flatMap((offset) => Array.from({ length: k }, () => offset));
  const all = p.add(p.concat(columns, 1), p.constant(float32(offsets, [1, offsets.length])));
  // What stands for NaN must be a place, too.
  const known = p.equal(all, all);
  return p.cast(p.where(known, all, 0), 'int64');
}

export type TopLayout = {
  readonly k: number;
  readonly widths: readonly number[];
  readonly offsets: readonly number[];
};

/** Widths of the layers, from the first profile. */
export function layoutOf({ seeds, width }: Start, k: number): TopLayout {
  const widths = Array.from({ length: width / (k + 1) }, (_, layer) => seeds[layer * (k + 1)] ?? 0);
  return { k, widths, offsets: offsetsOf(widths) };
}

export const neuronCount = ({ widths }: TopLayout): number => widths.reduce((sum, width) => sum + width, 0);

/**
 * Writes the places in the layers, k for each, one layer after the other, and gives how many; 0 where the profile is not
 * finite.
 */
export function placesIn(profile: Float32Array, { k, widths }: TopLayout, into: Int32Array): number {
  let count = 0;
  for (let layer = 0; layer < widths.length; layer++) {
    for (let top = 1; top <= k; top++) {
      const place = profile[layer * (k + 1) + top] as number;
      if (!Number.isFinite(place)) return 0;
      into[count++] = place;
    }
  }
  return count;
}

/** Top neurons of the parents, layer by layer, with what the children make of them. */
export type ParentsTop = {
  readonly layer: Value;
  /** int32 [batch, k]: places in the layer. */
  readonly places: Value;
  /** Least activation among these: at most the k-th greatest of the layer, [batch]. */
  readonly least: Value;
};

/** The same for both criteria, so that they look things up once. */
const inputOf = (k: number): string => `top-neurons-of-parents:k=${k}`;

/** Added to a difference of activations, it makes a tie positive: either of two equals may count. */
export const tie = 1e-30;

/** @param parent see `CoverageCriterion.screen` */
export function parentsTops(p: Program, { layers }: Neurons, parent: Value, k: number): ParentsTop[] {
  const tops = p.gather(p.input(inputOf(k), 'int32', ['parents', layers.length * k]), parent, 0);
  return layers.map((layer, at) => {
    const places = p.slice(tops, 1, at * k, (at + 1) * k);
    return { layer, places, least: listOf(p, p.reduceMin(p.gatherElements(layer, places, 1), [1])) };
  });
}

/** The top neurons of everything in the corpus, for the batches that mutate it; zeros where they are not known. */
export class TopsOfCorpus {
  readonly #rows: GrowingRows<Int32Array>;
  readonly #row: Int32Array;

  constructor(readonly layout: TopLayout) {
    const width = layout.widths.length * layout.k;
    this.#rows = new GrowingRows(width, (length) => new Int32Array(length));
    this.#row = new Int32Array(width);
  }

  /** Whether they are known. */
  add(profile: Float32Array): boolean {
    const isKnown = placesIn(profile, this.layout, this.#row) > 0;
    if (!isKnown) this.#row.fill(0);
    this.#rows.add(this.#row);
    return isKnown;
  }

  /** Of one entry; valid until the next `add`. */
  of(entry: number): Int32Array {
    const { data, width } = this.#rows;
    return data.subarray(entry * width, (entry + 1) * width);
  }

  feeds = (entries: Int32Array): Feeds => ({
    [inputOf(this.layout.k)]: tensor('int32', [entries.length, this.#rows.width], this.#rows.rowsAt(entries)),
  });
}

// Activation traces, which surprise is about (Kim et al., arXiv 1808.08444, section 3.1): the last of the hidden layers, and the
// class that the model gives. Layers can be chosen for the whole run; deep ones say more about surprise than early ones.
import { float32, int64 } from '../../base/tensor.js';
import type { Encoding } from '../../ops/encoding.js';
import type { Dim } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Feeds } from '../../program/session.js';
import type { Value } from '../../program/value.js';
import { isFiniteRow } from './calibrated.js';
import type { Start } from './criterion.js';
import { neuronsOf, strangeness } from './neurons.js';
import { dataOf } from './ranges.js';

export type Traced = {
  /** float32 [batch, width + 1]: the layer and the class; NaN where the row is not finite. */
  readonly profile: Value;
  /** The neurons that vary most, less their mean: float32 [batch, chosen]. */
  readonly traces: Value;
  /** float32 [batch, 1]; 0 where the output is no vector of scores. */
  readonly classes: Value;
  readonly chosen: number;
  readonly rows: Dim;
};

/** @param most neurons to look at */
export function tracesOf(p: Program, encoding: Encoding, name: string, most: number): Traced | undefined {
  const neurons = neuronsOf(p, { hidden: encoding.hidden.slice(-1) });
  if (neurons === undefined) return undefined;
  const { values, count, rows } = neurons;
  const strange = strangeness(p, neurons);
  const classes = classesOf(p, encoding, strange);
  const chosen = Math.min(count, most);
  const picked = p.gather(values, p.input(`${name}:neurons`, 'int64', [chosen]), 1);
  const traces = p.sub(picked, p.input(`${name}:mean`, 'float32', [1, chosen]));
  const profile = p.concat([p.add(values, strange), classes], 1);
  return { profile, traces, classes, chosen, rows };
}

function classesOf(p: Program, { output }: Encoding, column: Value): Value {
  const scores = p.mergeInto(output.value, 1);
  const [rows, count] = scores.shape;
  if (rows === undefined || typeof count !== 'number' || count < 2) return p.fillLike(column, 0);
  return p.cast(p.reshape(p.argMax(scores, 1), [rows, 1]), 'float32');
}

/** What an input is compared with: traces of the data, less their mean. */
export type References = {
  /** Row after row of `chosen` numbers. */
  readonly rows: Float32Array;
  readonly classes: Int32Array;
  readonly count: number;
  readonly chosen: number;
  readonly variances: Float64Array;
  /** A profile as references are; undefined where it is not finite. */
  trace(profile: Float32Array): Trace | undefined;
  /** What `tracesOf` reads. */
  feeds(name: string): Feeds;
};

export type Trace = { readonly values: Float32Array; readonly class: number };

/**
 * At most so many rows of the data, evenly spread: a fraction of the training data gives nearly the same surprise (Weiss et al.,
 * arXiv 2103.05939).
 */
export function referencesOf(start: Start, mostRows: number, mostNeurons: number): References {
  const width = start.width - 1;
  const known = evenly(dataOf(start), mostRows);
  // Programs want something to compare with.
  const data = known.length === 0 ? [new Float32Array(start.width)] : known;
  const mean = Float64Array.from(
    { length: width },
    (_, at) => sumOf(data, (row) => row[at] ?? 0) / data.length,
  );
  const variance = mean.map(
    (middle, at) => sumOf(data, (row) => ((row[at] ?? 0) - middle) ** 2) / data.length,
  );
  const neurons = [...variance.keys()]
    .sort((a, b) => (variance[b] ?? 0) - (variance[a] ?? 0) || a - b)
    .slice(0, mostNeurons)
    .sort((a, b) => a - b);
  const chosen = neurons.length;
  const means = Float32Array.from(neurons, (neuron) => mean[neuron] ?? 0);
  const centred = (profile: Float32Array) =>
    Float32Array.from(neurons, (neuron, at) => (profile[neuron] ?? 0) - (means[at] ?? 0));
  const rows = new Float32Array(data.length * chosen);
  data.forEach((row, at) => {
    rows.set(centred(row), at * chosen);
  });
  return {
    rows,
    classes: Int32Array.from(data, (row) => row[width] ?? 0),
    count: data.length,
    chosen,
    variances: Float64Array.from(neurons, (neuron) => variance[neuron] ?? 0),
    trace: (profile) =>
      isFiniteRow(profile) ? { values: centred(profile), class: profile[width] ?? 0 } : undefined,
    feeds: (name) => ({
      [`${name}:neurons`]: int64(neurons),
      [`${name}:mean`]: float32(means, [1, chosen]),
    }),
  };
}

const sumOf = (rows: readonly Float32Array[], term: (row: Float32Array) => number): number =>
  rows.reduce((sum, row) => sum + term(row), 0);

export const evenly = <T>(items: readonly T[], most: number): T[] =>
  items.length <= most
    ? [...items]
    : Array.from({ length: most }, (_, at) => items[Math.floor((at * items.length) / most)] as T);

// The neurons of the hidden layers, as DeepXplore and DeepGauge count them: one per element of a dense layer, one per channel of
// a convolution, averaged over space (Pei et al., arXiv 1705.06640, section 4.1).
import { float32 } from '../../base/tensor.js';
import type { Encoding, Layer } from '../../ops/encoding.js';
import type { Dim } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';

export type Neurons = {
  /** float32 [batch, width] per layer. */
  readonly layers: readonly Value[];
  readonly widths: readonly number[];
  /** Per layer: where the argument of the activation function changes its sign. */
  readonly middles: readonly number[];
  /** All of them, layer after layer: float32 [batch, count]. */
  readonly values: Value;
  readonly count: number;
  /** The batch. */
  readonly rows: Dim;
};

/** undefined where there are none. */
export function neuronsOf(p: Program, { hidden }: Pick<Encoding, 'hidden'>): Neurons | undefined {
  const known = hidden
    .map((layer) => ({ neurons: neuronsOfLayer(p, layer), middle: middleOf(layer) }))
    .filter(({ neurons }) => isWidth(neurons.shape[1]));
  const layers = known.map(({ neurons }) => neurons);
  const rows = layers[0]?.shape[0];
  if (rows === undefined) return undefined;
  const widths = layers.map(({ shape }) => Number(shape[1]));
  const count = widths.reduce((sum, width) => sum + width, 0);
  const middles = known.map(({ middle }) => middle);
  return { layers, widths, middles, values: p.concat(layers, 1), count, rows };
}

const isWidth = (dim: Dim | undefined): boolean => typeof dim === 'number' && dim > 0;

/** Sigmoid of zero is one half; the other activation functions are zero there, or constant up to there. */
const middleOf = ({ value }: Layer): number => (value.primitive === 'sigmoid' ? 0.5 : 0);

/** [batch, ...d] -> [batch, neurons]. */
function neuronsOfLayer(p: Program, { value }: Layer): Value {
  const activations = p.cast(value, 'float32');
  const spatial = value.shape.slice(2);
  // The kernel has at most three spatial axes.
  const isImage = spatial.length > 0 && spatial.length <= 3 && spatial.every((size) => Number(size) > 0);
  const axes = spatial.map((_, axis) => axis + 2);
  return p.mergeInto(isImage ? p.globalAveragePool(activations) : p.reduceMean(activations, axes), 1);
}

/** [batch, 1]: 0, or NaN where some neuron is not finite. Added to a novelty, it keeps such rows out. */
export const strangeness = (p: Program, { values, count }: Neurons): Value =>
  // Written as an expression, the column is the same one for every criterion; it is folded when the program is compiled.
  p.matmul(values, p.expand(p.constant(float32([0], [1, 1])), [count, 1]));

/** Greatest of several numbers per row: [batch] each -> [batch]. */
export const greatestOf = (p: Program, columns: readonly Value[]): Value =>
  columns.reduce((most, column) => p.max(most, column));

/**
 * A column as a list, [batch, 1] -> [batch]: with one number for all rows ONNX Runtime computes lists in one go, and columns row by row,
 * which takes four times as long.
 */
export const listOf = (p: Program, column: Value): Value => p.reshape(column, column.shape.slice(0, 1));

/** How far the neuron is above its bound that is farthest above: activations [batch, width], bounds [1, width] -> [batch]. */
export const mostAbove = (p: Program, activations: Value, bounds: Value): Value =>
  listOf(p, p.reduceMax(p.sub(activations, bounds), [1]));

/**
 * The same layer by layer, each with its part of the bounds, and less what it is compared with: bounds [1, count], thresholds [batch] or one
 * number -> [batch] each.
 */
export const excessByLayer = (
  p: Program,
  { layers, widths }: Neurons,
  bounds: Value,
  thresholdOf: (layer: Value, at: number) => Value,
): Value[] => {
  const offsets = offsetsOf(widths);
  return layers.map((layer, at) => {
    const [from, width] = [offsets[at] ?? 0, widths[at] ?? 0];
    return p.sub(mostAbove(p, layer, p.slice(bounds, 1, from, from + width)), thresholdOf(layer, at));
  });
};

/** Where each layer starts among all neurons. */
export const offsetsOf = (widths: readonly number[]): number[] =>
  widths.map((_, layer) => widths.slice(0, layer).reduce((sum, width) => sum + width, 0));

/** No threshold is above this one: what is compared with it is covered. */
export const unreachable = 3.4028234663852886e38;

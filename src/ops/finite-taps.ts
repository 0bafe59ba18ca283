// Values of a model to watch for NaN and infinity.
import { isFloat } from '../base/dtype.js';
import type { TypedModel } from '../graph/typed-model.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import type { Lowered } from './lower-model.js';

/** Operators whose result is finite wherever their float inputs are: their outputs need no watching. */
const preserving = new Set([
  'Relu',
  'LeakyRelu',
  'Sigmoid',
  'Tanh',
  'Softmax',
  'Clip',
  'Neg',
  'Abs',
  'Sign',
  'Floor',
  'Ceil',
  'Round',
  'Min',
  'Max',
  'MaxPool',
  'Flatten',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Transpose',
  'Identity',
  'Dropout',
  'Concat',
  'Split',
  'Slice',
  'Gather',
  'Expand',
  'Tile',
  'Where',
  'QuantizeLinear',
]);

export type Tap = { readonly name: string; readonly value: Value };

/** Float values, in the order of the graph, in which a NaN or an infinity can first appear. */
export function finiteTaps(model: TypedModel, lowered: Lowered): Tap[] {
  const names = model.graph.nodes
    .filter(({ type }) => !preserving.has(type))
    .flatMap(({ outputs }) => outputs)
    .filter((name) => !model.folded.has(name));
  return names.flatMap((name) => {
    const value = lowered.values.get(name);
    return value !== undefined && isFloat(value.dtype) ? [{ name, value }] : [];
  });
}

/**
 * Whether some tap of each row may be NaN or infinite: bool [batch]. The sum of a row is not finite if one of its elements
 * is not, and costs one pass without a temporary; a sum of huge finite elements may overflow too, so a hit is confirmed by replay.
 */
export function anyNonFinite(p: Program, taps: readonly Tap[], x: Value): Value {
  const sums = taps.map(({ value }) => rowSum(p, value));
  const total = sums.reduce((sum, next) => p.add(sum, next), p.mul(rowSum(p, x), 0));
  return p.or(p.isNaN(total), p.isInf(total));
}

/** Sum over all axes but the first: [batch, ...d] -> [batch]. */
function rowSum(p: Program, value: Value): Value {
  const axes = value.shape.slice(1).map((_, axis) => axis + 1);
  return p.reshape(p.cast(p.reduceSum(value, axes), 'float32'), value.shape.slice(0, 1));
}

// Values of a model to watch for NaN and infinity.
import { isFloat } from '../base/dtype.js';
import { allFinite, float32, tensor } from '../base/tensor.js';
import type { Node } from '../graph/graph.js';
import type { TypedModel } from '../graph/typed-model.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import type { Lowered } from './lower-model.js';
import { perRow } from './per-row.js';

/**
 * Operators whose result is finite wherever their float inputs are: their outputs need no watching.
 * test/soundness/finite-taps.test.ts tries each with extreme inputs.
 */
export const preserving: ReadonlySet<string> = new Set([
  'Relu',
  'Sigmoid',
  'Tanh',
  'Erf',
  'Elu',
  'Softplus',
  'Sin',
  'Cos',
  'Softmax',
  'Clip',
  'HardSigmoid',
  'ThresholdedRelu',
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
    .filter((node) => !preserves(model, node))
    .flatMap(({ outputs }) => outputs)
    .filter((name) => !model.folded.has(name));
  return names.flatMap((name) => {
    const value = lowered.values.get(name);
    return value !== undefined && isFloat(value.dtype) ? [{ name, value }] : [];
  });
}

/** An infinite constant, such as a mask, is no tap itself: it appears where a node puts it into a result. */
function preserves({ graph, folded }: TypedModel, { type, domain, inputs }: Node): boolean {
  const isKnownFinite = (name: string): boolean => {
    const constant = graph.constants.get(name) ?? folded.get(name);
    return constant === undefined || !isFloat(constant.dtype) || allFinite(constant);
  };
  return preserving.has(type) && (domain === '' || domain === 'ai.onnx') && inputs.every(isKnownFinite);
}

/**
 * Whether some tap of each row is NaN or infinite: bool [batch].
 * @param watchesInput whether x itself may be either
 */
export function anyNonFinite(p: Program, taps: readonly Tap[], x: Value, watchesInput = true): Value {
  const sums = [...(watchesInput ? [inputSum(p, x)] : []), ...witnessSums(p, taps, x)];
  if (sums.length === 0) return never(p, x);
  const total = sums.reduce((sum, next) => p.add(sum, next));
  return p.or(p.isNaN(total), p.isInf(total));
}

/** False for every row. */
const never = (p: Program, x: Value): Value =>
  p.repeatLike(p.constant(tensor('bool', [], Uint8Array.of(0))), x);

/**
 * Position of the first tap of each row that is NaN or infinite: int64 [batch]; 0 where none is. Programs that ask
 * `anyNonFinite` of the same taps have the sums already, so that this adds half a dozen nodes, however many taps there are.
 */
export function firstNonFinite(p: Program, taps: readonly Tap[], x: Value): Value {
  const sums = witnessSums(p, taps, x).map((sum) => p.reshape(sum, [...sum.shape, 1]));
  if (sums.length === 0) return p.cast(p.fillLike(inputSum(p, x), 0), 'int64');
  const all = p.concat(sums, 1);
  return p.argMax(p.cast(p.or(p.isNaN(all), p.isInf(all)), 'float32'), 1);
}

/** Per tap float32 [batch]: NaN or infinite exactly where an element of the row is. */
const witnessSums = (p: Program, taps: readonly Tap[], x: Value): Value[] =>
  taps.map(({ value }) => perRow(p, value, inputSum(p, x), (each, axes) => sumOf(p, each, axes)));

const inputSum = (p: Program, x: Value): Value =>
  p.reshape(
    sumOf(
      p,
      x,
      x.shape.slice(1).map((_, axis) => axis + 1),
    ),
    x.shape.slice(0, 1),
  );

const sumOf = (p: Program, value: Value, axes: readonly number[]): Value =>
  p.cast(witnessSum(p, value, axes), 'float32');

/** A sum that is NaN or infinite exactly where an element is: each is scaled down by 2^-30, so that none overflows. */
function witnessSum(p: Program, value: Value, axes: readonly number[]): Value {
  const elements = value.shape.slice(1).reduce<number>((product, dim) => product * Number(dim), 1);
  const perBatchRow = axes.length === value.shape.length - 1 && !axes.includes(0);
  if (!perBatchRow || !(elements < greatestProduct)) return p.reduceSum(p.mul(value, 2 ** -30), axes);
  // A product with a column of numbers makes no temporary of the value's size. The column is folded when the program is
  // compiled; written as an expression, it is the same one for everybody who sums the same value.
  const column = p.expand(p.constant(float32([2 ** -30], [1, 1])), [elements, 1]);
  return p.matmul(p.mergeInto(value, 1), p.cast(column, value.dtype));
}

/** Elements of a row, so that the constant stays small. */
const greatestProduct = 2 ** 20;

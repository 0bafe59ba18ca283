// Small constants that are computed here: to write and open a session for them takes longer. Element by element the result is what IEEE 754
// says, as ONNX Runtime's is; sums are made in the order of their elements.
import { dtypes } from '../base/dtype.js';
import { sizeOf } from '../base/shape.js';
import type { Tensor } from '../base/tensor.js';
import { ints, type Value } from './value.js';

/** Of more elements ONNX Runtime is the faster, opening included. */
const greatestPlain = 2 ** 14;

type Plain = Tensor<'float32' | 'float64' | 'bool'>;
type Numbers = Plain['data'];

/** Undefined for what is left to a session. */
type Rule = (inputs: readonly Plain[], result: Plain, value: Value) => Plain | undefined;

/** Every constant among these values that can be computed here. @param values inputs before their users */
export function plainValues(values: readonly Value[]): ReadonlyMap<Value, Tensor> {
  const known = new Map<Value, Tensor>();
  for (const value of values) {
    const found = value.constant ?? (value.isConstant ? plainValue(value, known) : undefined);
    if (found !== undefined) known.set(value, found);
  }
  return known;
}

function plainValue(value: Value, known: ReadonlyMap<Value, Tensor>): Tensor | undefined {
  const rule = rules[value.primitive];
  const result = emptyOf(value);
  if (rule === undefined || result === undefined) return undefined;
  const inputs = value.inputs.flatMap((input) => plain(known.get(input)));
  return inputs.length < value.inputs.length ? undefined : rule(inputs, result, value);
}

const plain = (tensor: Tensor | undefined): Plain[] => {
  if (tensor?.dtype !== 'float32' && tensor?.dtype !== 'float64' && tensor?.dtype !== 'bool') return [];
  return tensor.data.length > greatestPlain ? [] : [tensor as Plain];
};

/** A result whose elements are still 0. */
function emptyOf({ dtype, shape }: Value): Plain | undefined {
  if (dtype !== 'float32' && dtype !== 'float64' && dtype !== 'bool') return undefined;
  const sizes = shape.map(Number);
  const size = sizeOf(sizes);
  if (!(size <= greatestPlain)) return undefined;
  return { dtype, shape: sizes, data: new dtypes[dtype].array(size) } as Plain;
}

/** Of operands that are as long as the result or one number; others are left. */
const elementwise =
  (f: (a: number, b: number, c: number) => number): Rule =>
  (inputs, result) => {
    const { length } = result.data;
    if (inputs.some(({ data }) => data.length !== length && data.length !== 1)) return undefined;
    const [a, b, c] = inputs.map(({ data }) => data);
    for (let at = 0; at < length; at++) result.data[at] = f(element(a, at), element(b, at), element(c, at));
    return result;
  };

const element = (data: Numbers | undefined, at: number): number =>
  data === undefined ? 0 : (data[data.length === 1 ? 0 : at] ?? 0);

const one = (holds: boolean): number => (holds ? 1 : 0);

const reshape: Rule = ([x], { shape }) => x && { ...x, shape };

/** Of two axes. */
const transpose: Rule = ([x], { shape, data }, value) => {
  const [rows = 0, columns = 0, ...more] = shape;
  if (x === undefined || more.length > 0 || ints(value.attributes, 'order').join() !== '1,0')
    return undefined;
  for (let row = 0, to = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) data[to++] = x.data[column * rows + row] ?? 0;
  return { ...x, shape, data } as Plain;
};

/** Along one axis. */
const reduceSum: Rule = ([x], result, value) => {
  const [axis, ...more] = ints(value.attributes, 'axes');
  if (x === undefined || axis === undefined || more.length > 0) return undefined;
  const length = x.shape[axis] ?? 1;
  const inner = sizeOf(x.shape.slice(axis + 1));
  for (let at = 0, from = 0; from < x.data.length; at += inner)
    for (let k = 0; k < length; k++)
      for (let i = at; i < at + inner; i++) result.data[i] = (result.data[i] ?? 0) + (x.data[from++] ?? 0);
  return result;
};

const rules: Readonly<Record<string, Rule>> = {
  neg: elementwise((x) => -x),
  abs: elementwise((x) => Math.abs(x)),
  add: elementwise((a, b) => a + b),
  sub: elementwise((a, b) => a - b),
  mul: elementwise((a, b) => a * b),
  div: elementwise((a, b) => a / b),
  min: elementwise((a, b) => Math.min(a, b)),
  equal: elementwise((a, b) => one(a === b)),
  less: elementwise((a, b) => one(a < b)),
  greater: elementwise((a, b) => one(a > b)),
  lessOrEqual: elementwise((a, b) => one(a <= b)),
  greaterOrEqual: elementwise((a, b) => one(a >= b)),
  where: elementwise((condition, a, b) => (condition === 0 ? b : a)),
  reshape,
  transpose,
  reduceSum,
};

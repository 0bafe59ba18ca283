// Small constants that are computed here: to write and open a session for them takes longer. Element by element the result is what IEEE 754
// says, as ONNX Runtime's is; sums are made in the order of their elements.
import { dtypes } from '../base/dtype.js';
import { type Shape, sizeOf, stridesOf } from '../base/shape.js';
import type { Tensor } from '../base/tensor.js';
import { ints, type Value } from './value.js';

/** Of more elements ONNX Runtime is the faster, opening included. */
const greatestPlain = 2 ** 14;

type Plain = Tensor<'float32' | 'float64' | 'bool'>;
type Numbers = Plain['data'];

/** Undefined for what is left to a session. */
type Rule = (inputs: readonly Plain[], result: Empty, value: Value) => Plain | undefined;

/** A result whose elements are still 0. */
type Empty = Plain & { readonly shape: Shape };

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

function emptyOf({ dtype, shape }: Value): Empty | undefined {
  if (dtype !== 'float32' && dtype !== 'float64' && dtype !== 'bool') return undefined;
  const sizes = shape.map(Number);
  const size = sizeOf(sizes);
  if (!(size <= greatestPlain)) return undefined;
  return { dtype, shape: sizes, data: new dtypes[dtype].array(size) } as Empty;
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

const transpose: Rule = ([x], result, value) => {
  if (x === undefined) return undefined;
  const from = stridesOf(x.shape);
  const steps = ints(value.attributes, 'order').map((axis) => from[axis] ?? 0);
  const to = stridesOf(result.shape);
  for (let at = 0; at < result.data.length; at++) result.data[at] = x.data[moved(at, to, steps)] ?? 0;
  return result;
};

/** As many in each element of the result as there are along the axes. */
const reduceSum: Rule = ([x], result, value) => {
  if (x === undefined) return undefined;
  const axes = ints(value.attributes, 'axes');
  const steps = stridesOf(result.shape).map((step, axis) => (axes.includes(axis) ? 0 : step));
  const from = stridesOf(x.shape);
  for (let at = 0; at < x.data.length; at++) {
    const to = moved(at, from, steps);
    result.data[to] = (result.data[to] ?? 0) + (x.data[at] ?? 0);
  }
  return result;
};

/** An element's place by other strides. */
function moved(at: number, strides: readonly number[], steps: readonly number[]): number {
  let [rest, place] = [at, 0];
  for (let axis = 0; axis < strides.length; axis++) {
    const stride = strides[axis] ?? 1;
    const index = Math.floor(rest / stride);
    rest -= index * stride;
    place += index * (steps[axis] ?? 0);
  }
  return place;
}

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

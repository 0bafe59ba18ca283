// Reductions over axes, which stay as dimensions of size 1: [...d] -> [...d with 1 at the axes].
import { int64 } from '../../base/tensor.js';
import { isStatic, staticSize } from '../dims.js';
import { attribute, emitOne, type Primitive } from '../primitive.js';
import type { Program } from '../program.js';
import { int, ints, only, type Value } from '../value.js';

type Derivative = (p: Program, x: Value, y: Value, dy: Value, axes: readonly number[]) => Value;

function reduction(type: string, derivative: Derivative): Primitive {
  return {
    infer: (inputs, attributes) => {
      const x = only(inputs);
      const axes = new Set(ints(attributes, 'axes'));
      return { dtype: x.dtype, shape: x.shape.map((dim, axis) => (axes.has(axis) ? 1 : dim)) };
    },
    emit: (emitter, value, inputs) =>
      emitOne(emitter, type, [...inputs, emitter.constant(int64(ints(value.attributes, 'axes')))], {
        keepdims: attribute.int(1),
      }),
    gradient: (p, value, dy) => {
      const x = only(value.inputs);
      return [derivative(p, x, value, dy, ints(value.attributes, 'axes'))];
    },
  };
}

/** Ties share the gradient equally. */
const extremum: Derivative = (p, x, y, dy, axes) => {
  const chosen = p.cast(p.equal(x, y), x.dtype);
  return p.mul(p.div(dy, p.reduceSum(chosen, axes)), chosen);
};

const argMax: Primitive = {
  infer: (inputs, attributes) => {
    const { shape } = only(inputs);
    return { dtype: 'int64', shape: shape.filter((_, axis) => axis !== int(attributes, 'axis')) };
  },
  emit: (emitter, value, inputs) =>
    emitOne(emitter, 'ArgMax', inputs, {
      axis: attribute.int(int(value.attributes, 'axis')),
      keepdims: attribute.int(0),
    }),
};

/** Max and Min can lose NaN, and ArgMax ignores it (special-values.test.ts). */
export const reducePrimitives = {
  reduceSum: reduction('ReduceSum', (p, x, _y, dy) => p.expandLike(dy, x)),
  reduceMean: reduction('ReduceMean', (p, x, _y, dy, axes) => {
    // An open axis is counted when the program runs.
    const dims = axes.map((axis) => x.shape[axis] ?? 1);
    const count = isStatic(dims) ? staticSize(dims) : p.reduceSum(p.fillLike(x, 1), axes);
    return p.expandLike(p.div(dy, count), x);
  }),
  reduceMax: reduction('ReduceMax', extremum),
  reduceMin: reduction('ReduceMin', extremum),
  /** First index of the greatest element; the axis is dropped. */
  argMax,
} satisfies Record<string, Primitive>;

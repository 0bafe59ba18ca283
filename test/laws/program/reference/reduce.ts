// Reductions and softmax: all elements that share their other axes, gathered in a list.
import { type Dense, dense, get, type Index, indices, nth } from './dense.js';

/** The elements of x that agree with `index` on all axes but `axes`, row-major. */
const fibre = (x: Dense, index: Index, axes: readonly number[]): number[] =>
  indices(x.shape)
    .filter((other) => other.every((at, axis) => axes.includes(axis) || at === nth(index, axis)))
    .map((other) => get(x, other));

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

export const reductions = {
  reduceSum: sum,
  reduceMean: (values: readonly number[]) => sum(values) / values.length,
  reduceMax: (values: readonly number[]) => Math.max(...values),
  reduceMin: (values: readonly number[]) => Math.min(...values),
};

/** Axes stay with size 1. */
export const reduce = (f: (values: readonly number[]) => number, x: Dense, axes: readonly number[]): Dense =>
  dense(
    x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
    (index) => f(fibre(x, index, axes)),
  );

/** The first of the greatest; the axis is dropped. */
export const argMax = (x: Dense, axis: number): Dense =>
  dense(
    x.shape.filter((_, at) => at !== axis),
    (index) => {
      const values = fibre(x, [...index.slice(0, axis), 0, ...index.slice(axis)], [axis]);
      return values.indexOf(Math.max(...values));
    },
  );

export const softmax = (x: Dense, axis: number): Dense =>
  dense(x.shape, (index) => Math.exp(get(x, index)) / sum(fibre(x, index, [axis]).map(Math.exp)));

export const logSoftmax = (x: Dense, axis: number): Dense =>
  dense(x.shape, (index) => get(x, index) - Math.log(sum(fibre(x, index, [axis]).map(Math.exp))));

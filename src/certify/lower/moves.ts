// Operators that only move elements: exact.
import { normalAxis, sizeOf, stridesOf } from '../../base/shape.js';
import { matrixOf } from '../matrix.js';
import type { Variable } from './builder.js';
import { type Context, indicesBy, integer, integers, integersOf, refuse, variableOf } from './values.js';

export const same = (context: Context): Variable => variableOf(context, 0);

export function flatten(context: Context): Variable {
  const { step, shape } = variableOf(context, 0);
  const axis = normalAxis(integer(context, 'axis', 1), shape.length);
  return { step, shape: [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))] };
}

export function reshape(context: Context): Variable {
  const { step, shape } = variableOf(context, 0);
  const wanted = integersOf(context, 1) ?? integers(context, 'shape');
  if (wanted === undefined || integer(context, 'allowzero', 0) !== 0)
    throw refuse(context, 'no constant shape');
  const dims = wanted.map((dim, axis) => (dim === 0 ? (shape[axis] ?? 0) : dim));
  const known = sizeOf(dims.filter((dim) => dim !== -1));
  const result = dims.map((dim) => (dim === -1 ? sizeOf(shape) / known : dim));
  if (sizeOf(result) !== sizeOf(shape) || !result.every((dim) => Number.isInteger(dim) && dim > 0))
    throw refuse(context, `[${shape}] cannot become [${wanted}]`);
  return { step, shape: result };
}

const axesOf = (context: Context): readonly number[] | undefined =>
  integersOf(context, 1) ?? integers(context, 'axes');

export function squeeze(context: Context): Variable {
  const { step, shape } = variableOf(context, 0);
  const axes = axesOf(context)?.map((axis) => normalAxis(axis, shape.length));
  const result = shape.filter((dim, axis) => (axes === undefined ? dim !== 1 : !axes.includes(axis)));
  if (sizeOf(result) !== sizeOf(shape)) throw refuse(context, 'an axis that is not 1');
  return { step, shape: result };
}

export function unsqueeze(context: Context): Variable {
  const { step, shape } = variableOf(context, 0);
  const given = axesOf(context);
  if (given === undefined) throw refuse(context, 'no constant axes');
  const rank = shape.length + given.length;
  const axes = new Set(given.map((axis) => normalAxis(axis, rank)));
  const rest = [...shape];
  return {
    step,
    shape: Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : (rest.shift() ?? 1))),
  };
}

export function transpose(context: Context): Variable {
  const { step, shape } = variableOf(context, 0);
  const order = integers(context, 'perm') ?? shape.map((_, axis) => shape.length - 1 - axis);
  if (order.length !== shape.length || new Set(order).size !== shape.length)
    throw refuse(context, 'no permutation of its axes');
  const strides = stridesOf(shape);
  const result = order.map((axis) => shape[axis] ?? 1);
  const from = indicesBy(
    result,
    order.map((axis) => strides[axis] ?? 0),
  );
  return { step: context.builder.moved(step, from), shape: result };
}

/** Of computed values. */
export function concat(context: Context): Variable {
  const all = context.node.inputs.map((_, at) => variableOf(context, at));
  const [first] = all;
  if (first === undefined) throw refuse(context, 'nothing to join');
  if (new Set(all.map(({ step }) => step)).size !== all.length)
    throw refuse(context, 'a value joined to itself');
  const axis = normalAxis(integer(context, 'axis', 1), first.shape.length);
  const shape = first.shape.with(
    axis,
    all.reduce((sum, part) => sum + (part.shape[axis] ?? 0), 0),
  );
  const [size, strides] = [sizeOf(shape), stridesOf(shape)];
  let begin = 0;
  const parts = all.map((part) => {
    const from = new Int32Array(size).fill(-1);
    indicesBy(part.shape, strides, begin * (strides[axis] ?? 1)).forEach((to, own) => {
      from[to] = own;
    });
    begin += part.shape[axis] ?? 0;
    const fill = (row: number, to: { add(column: number, weight: number): void }) => {
      const own = from[row] ?? -1;
      if (own >= 0) to.add(own, 1);
    };
    return { source: part.step, matrix: matrixOf(size, sizeOf(part.shape), fill) };
  });
  const none = () => new Float64Array(size);
  const step = context.builder.append({
    kind: 'affine',
    size,
    parts,
    bias: none(),
    magnitude: none(),
    roundings: 0,
    underflows: none(),
    folding: 0,
  });
  return { step, shape };
}

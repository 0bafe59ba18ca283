// Operators that only move elements: exact.
import { normalAxis, sizeOf } from '../../base/shape.js';
import type { Operand } from '../network.js';
import { signed, type Variable } from './builder.js';
import { padded } from './linear.js';
import {
  axesOf,
  broadcastIndices,
  broadcastShape,
  type Context,
  counted,
  float,
  integer,
  integers,
  integersOf,
  numberOf,
  offsets,
  refuse,
  requireText,
  variableOf,
} from './values.js';

export const same = (context: Context): Variable => variableOf(context, 0);

/** In inference it does nothing. */
export function dropout(context: Context): Variable {
  if (context.node.inputs[2]) throw refuse(context, 'with a training mode of its own');
  return same(context);
}

/** Integers that older operator sets have as an attribute. */
const listed = (context: Context, at: number, name: string): readonly number[] | undefined =>
  integersOf(context, at) ?? integers(context, name);

function needed(context: Context, at: number, name: string): readonly number[] {
  const found = listed(context, at, name);
  if (found === undefined) throw refuse(context, `no constant ${name}`);
  return found;
}

/** The same elements in another shape. */
function shaped(context: Context, { step, shape }: Variable, result: readonly number[]): Variable {
  if (sizeOf(result) !== sizeOf(shape) || !result.every((dim) => Number.isInteger(dim) && dim > 0))
    throw refuse(context, `[${shape}] cannot become [${result}]`);
  return { step, shape: result };
}

export function flatten(context: Context): Variable {
  const x = variableOf(context, 0);
  const axis = normalAxis(integer(context, 'axis', 1), x.shape.length);
  return shaped(context, x, [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))]);
}

export function reshape(context: Context): Variable {
  const x = variableOf(context, 0);
  if (integer(context, 'allowzero', 0) !== 0) throw refuse(context, 'allowzero is not known');
  const dims = needed(context, 1, 'shape').map((dim, axis) => (dim === 0 ? (x.shape[axis] ?? 0) : dim));
  const known = sizeOf(dims.filter((dim) => dim !== -1));
  const result = dims.map((dim) => (dim === -1 ? sizeOf(x.shape) / known : dim));
  return shaped(context, x, result);
}

export function squeeze(context: Context): Variable {
  const x = variableOf(context, 0);
  const axes = listed(context, 1, 'axes')?.map((axis) => normalAxis(axis, x.shape.length));
  const isKept = (dim: number, axis: number) => (axes === undefined ? dim !== 1 : !axes.includes(axis));
  return shaped(context, x, x.shape.filter(isKept));
}

export function unsqueeze(context: Context): Variable {
  const x = variableOf(context, 0);
  const given = needed(context, 1, 'axes');
  const rank = x.shape.length + given.length;
  const axes = new Set(given.map((axis) => normalAxis(axis, rank)));
  const rest = [...x.shape];
  const result = Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : (rest.shift() ?? 1)));
  return shaped(context, x, result);
}

/** @param axes offsets of elements of x by axis of the result */
function picked({ builder }: Context, x: Variable, axes: readonly (readonly number[])[]): Variable {
  return { step: builder.scaled(x.step, offsets(axes)), shape: axes.map(({ length }) => length) };
}

export function transpose(context: Context): Variable {
  const x = variableOf(context, 0);
  const order = integers(context, 'perm') ?? [...x.shape.keys()].reverse();
  if (order.length !== x.shape.length || new Set(order).size !== order.length)
    throw refuse(context, 'no permutation of its axes');
  const axes = axesOf(x.shape);
  const moved = order.map((axis) => axes[axis] ?? []);
  return picked(context, x, moved);
}

/** [first, last) by steps, both counted from the end where they are negative. */
export function slice(context: Context): Variable {
  const x = variableOf(context, 0);
  const [starts, ends] = [needed(context, 1, 'starts'), needed(context, 2, 'ends')];
  const chosen = listed(context, 3, 'axes') ?? [...starts.keys()];
  const steps = integersOf(context, 4);
  const axes: (readonly number[])[] = axesOf(x.shape);
  chosen.forEach((given, at) => {
    const axis = normalAxis(given, x.shape.length);
    const [dim, step] = [x.shape[axis] ?? 0, steps?.[at] ?? 1];
    const [least, most] = step > 0 ? [0, dim] : [-1, dim - 1];
    const [from = 0, to = 0] = [starts[at] ?? 0, ends[at] ?? 0].map((place) =>
      Math.min(most, Math.max(least, place < 0 ? place + dim : place)),
    );
    const count = Math.max(0, Math.ceil((to - from) / step));
    axes[axis] = counted(count, step).map((place) => axes[axis]?.[from + place] ?? Number.NaN);
  });
  if (axes.some(({ length }) => length === 0)) throw refuse(context, 'an empty result');
  return picked(context, x, axes);
}

/** By constant indices. */
export function gather(context: Context): Variable {
  const x = variableOf(context, 0);
  const indices = context.constant(1);
  const axis = normalAxis(integer(context, 'axis', 0), x.shape.length);
  const dim = x.shape[axis] ?? 0;
  const chosen = needed(context, 1, 'indices').map((index) => (index < 0 ? index + dim : index));
  if (!chosen.every((index) => index >= 0 && index < dim))
    throw refuse(context, 'an index that is not there');
  const axes = axesOf(x.shape);
  const rows = picked(
    context,
    x,
    axes.with(
      axis,
      chosen.map((index) => axes[axis]?.[index] ?? Number.NaN),
    ),
  );
  return { ...rows, shape: x.shape.toSpliced(axis, 1, ...(indices?.shape ?? [])) };
}

export function split(context: Context): readonly Variable[] {
  const x = variableOf(context, 0);
  const axis = normalAxis(integer(context, 'axis', 0), x.shape.length);
  const axes = axesOf(x.shape);
  const [all = [], count] = [axes[axis], context.node.outputs.length];
  const even = Array.from({ length: count }, (_, at) =>
    Math.min(Math.ceil(all.length / count), all.length - at * Math.ceil(all.length / count)),
  );
  const sizes = listed(context, 1, 'split') ?? even;
  if (sizes.length !== count || !sizes.every((size) => size > 0)) throw refuse(context, 'sizes do not fit');
  let end = 0;
  return sizes.map((size) => {
    end += size;
    return picked(context, x, axes.with(axis, all.slice(end - size, end)));
  });
}

export function expand(context: Context): Variable {
  const x = variableOf(context, 0);
  const shape = broadcastShape(context, x.shape, needed(context, 1, 'shape'));
  return { step: context.builder.scaled(x.step, broadcastIndices(x.shape, shape)), shape };
}

/** With constants around it. */
export function pad(context: Context): Variable {
  const x = variableOf(context, 0);
  requireText(context, 'mode', 'constant');
  if (context.node.inputs[3]) throw refuse(context, 'axes are not known');
  const { shape, from } = padded(x.shape, needed(context, 1, 'pads'));
  const value = numberOf(context, 2, float(context, 'value', 0));
  const inner: Operand = { step: context.builder.scaled(x.step, from), from: from.map((_, at) => at) };
  if (value === 0) return { step: inner.step, shape };
  const around = Float64Array.from(from, (at) => (at < 0 ? value : 0));
  return { step: context.builder.exactSum(signed([inner, around], 1)), shape };
}

/** Of computed values. */
export function concat(context: Context): Variable {
  const all = context.node.inputs.map((_, at) => variableOf(context, at));
  const [first] = all;
  if (first === undefined) throw refuse(context, 'nothing to join');
  const axis = normalAxis(integer(context, 'axis', 1), first.shape.length);
  const sizes = all.map(({ shape }) => shape[axis] ?? 0);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let begin = 0;
  const terms = all.map(({ step, shape }, at) => {
    const pads = [...shape, ...shape].map(() => 0);
    pads[axis] = begin;
    begin += sizes[at] ?? 0;
    pads[axis + shape.length] = total - begin;
    return [{ step, from: padded(shape, pads).from }, 1] as const;
  });
  return { step: context.builder.exactSum(terms), shape: first.shape.with(axis, total) };
}

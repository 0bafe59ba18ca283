// What operators read: constants and attributes of the file, and indices of elements.
import { stridesOf } from '../../base/shape.js';
import { hasDType, type Tensor, toNumbers } from '../../base/tensor.js';
import type { Node } from '../../graph/graph.js';
import { safeMagnitude } from '../arithmetic.js';
import { NotCheckable } from '../network.js';
import type { Builder, Variable } from './builder.js';

export type Context = {
  readonly builder: Builder;
  readonly node: Node;
  readonly opset: number;
  /** undefined where it is left out or constant. */
  variable(at: number): Variable | undefined;
  /** undefined where it is left out or computed from the input. */
  constant(at: number): Tensor | undefined;
};

export const refuse = ({ node }: Pick<Context, 'node'>, why: string): NotCheckable =>
  new NotCheckable(`node "${node.name}" (${node.type}): ${why}`);

export function variableOf(context: Context, at: number): Variable {
  const found = context.variable(at);
  if (found === undefined) throw refuse(context, `input ${at} is not computed from the network's input`);
  return found;
}

export type Numbers = { readonly shape: readonly number[]; readonly data: Float64Array };

export const isSafe = (value: number): boolean => Math.abs(value) < safeMagnitude;

/** A float32 constant. */
export function floatsOf(context: Context, at: number): Numbers {
  const found = context.constant(at);
  if (found === undefined || !hasDType(found, 'float32'))
    throw refuse(context, `input ${at} is no float32 constant`);
  return { shape: found.shape, data: Float64Array.from(found.data) };
}

/** One number, or what it is where the input is left out. */
export function numberOf(context: Context, at: number, otherwise: number): number {
  if (!context.node.inputs[at]) return otherwise;
  const [value] = floatsOf(context, at).data;
  if (value === undefined || Number.isNaN(value)) throw refuse(context, `input ${at} is no number`);
  return value;
}

export function integersOf(context: Context, at: number): number[] | undefined {
  const found = context.constant(at);
  if (found === undefined) {
    if (context.variable(at) !== undefined) throw refuse(context, `input ${at} is not constant`);
    return undefined;
  }
  if (found.dtype !== 'int64' && found.dtype !== 'int32') throw refuse(context, `input ${at} is no integer`);
  return toNumbers(found);
}

export function integer({ node }: Context, name: string, otherwise: number): number {
  const found = node.attributes.get(name);
  return found?.kind === 'int' ? found.value : otherwise;
}

/** A float32, and so is what it is where it is left out. */
export function float({ node }: Context, name: string, otherwise: number): number {
  const found = node.attributes.get(name);
  return found?.kind === 'float' ? found.value : Math.fround(otherwise);
}

export function integers({ node }: Context, name: string): readonly number[] | undefined {
  const found = node.attributes.get(name);
  return found?.kind === 'ints' ? found.value : undefined;
}

/** Attributes that change what an operator means, in ways that are not known here. */
export function requireText(context: Context, name: string, known: string): void {
  const found = context.node.attributes.get(name);
  if (found !== undefined && !(found.kind === 'string' && found.value === known))
    throw refuse(context, `${name} is not ${known}`);
}

/** 0, step, 2 step, ... */
export const counted = (length: number, step: number): number[] =>
  Array.from({ length }, (_, at) => at * step);

/** Sums of one offset of every axis, the last axis fastest; -1 where one is NaN: there is no such element. */
export function offsets(axes: readonly (readonly number[])[]): Int32Array {
  let sums: number[] = [0];
  for (const axis of axes) sums = sums.flatMap((sum) => axis.map((offset) => sum + offset));
  return Int32Array.from(sums, (sum) => (Number.isNaN(sum) ? -1 : sum));
}

/** Of all elements themselves, by axis. */
export function axesOf(shape: readonly number[]): number[][] {
  const strides = stridesOf(shape);
  return shape.map((dim, axis) => counted(dim, strides[axis] ?? 1));
}

export const everyIndex = (size: number): Int32Array => Int32Array.from({ length: size }, (_, at) => at);

/** The shape that two broadcast to. */
export function broadcastShape(context: Context, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [x, y] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1];
    if (x !== y && x !== 1 && y !== 1) throw refuse(context, `shapes [${a}] and [${b}] do not broadcast`);
    return x === 1 ? y : x;
  });
}

/** For every element of `to` the element of `from` that broadcasting puts there. */
export function broadcastIndices(from: readonly number[], to: readonly number[]): Int32Array {
  const strides = stridesOf(from);
  return offsets(
    to.map((dim, axis) => {
      const own = axis - to.length + from.length;
      return counted(dim, own < 0 || from[own] === 1 ? 0 : (strides[own] ?? 0));
    }),
  );
}

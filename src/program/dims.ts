// Symbolic shapes: dimensions are numbers or names. `batch` is the usual name; equal names mean equal sizes.
import { ProgramError } from './program-error.js';

export type Dim = number | string;
export type Dims = readonly Dim[];

export const showDims = (dims: Dims): string => `[${dims.join(', ')}]`;

export const isStatic = (dims: Dims): dims is readonly number[] =>
  dims.every((dim) => typeof dim === 'number');

export const sameDims = (a: Dims, b: Dims): boolean =>
  a.length === b.length && a.every((dim, axis) => dim === b[axis]);

/** NumPy broadcasting. A symbol broadcasts with 1 and with itself. */
export function broadcastDims(a: Dims, b: Dims): Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw new ProgramError(`shapes ${showDims(a)} and ${showDims(b)} do not broadcast`);
  });
}

/** Axes of `from` that were added or stretched to make it out of `to`: what a gradient sums over. */
export function broadcastAxes(from: Dims, to: Dims): number[] {
  const added = from.length - to.length;
  return from.flatMap((dim, axis) => (axis < added || (to[axis - added] === 1 && dim !== 1) ? [axis] : []));
}

/** Product of the dimensions where all are numbers; throws otherwise. */
export function staticSize(dims: Dims): number {
  if (!isStatic(dims)) throw new ProgramError(`${showDims(dims)} has no fixed size`);
  return dims.reduce((product, dim) => product * dim, 1);
}

export function staticDim(dims: Dims, axis: number): number {
  const dim = dims[axis];
  if (typeof dim !== 'number') throw new ProgramError(`axis ${axis} of ${showDims(dims)} has no fixed size`);
  return dim;
}

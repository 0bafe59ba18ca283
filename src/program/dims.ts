// Symbolic shapes: dimensions are numbers or names. `batch` is the usual name; equal names mean equal sizes.
import { ProgramError } from './program-error.js';

/** A size, or the name of an open one; products of open ones are named `batch*4`. */
export type Dim = number | string;
export type Dims = readonly Dim[];

/** A shape as messages have it: `[batch, 3]`. */
export const showDims = (dims: Dims): string => `[${dims.join(', ')}]`;

/** True where every dimension is a number. */
export const isStatic = (dims: Dims): dims is readonly number[] =>
  dims.every((dim) => typeof dim === 'number');

/** True where every dimension is the same number or symbol. */
export const sameDims = (a: Dims, b: Dims): boolean =>
  a.length === b.length && a.every((dim, axis) => dim === b[axis]);

/** NumPy broadcasting. A symbol broadcasts with 1 and with itself. Throws ProgramError otherwise. */
export function broadcastDims(a: Dims, b: Dims): Dims {
  if (b.length === 0 || sameDims(a, b)) return a;
  if (a.length === 0) return b;
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

/** A non-negative axis from one that may count from the end. Throws ProgramError where there is no such axis. */
export function axisOf(axis: number, dims: Dims): number {
  const normal = axis < 0 ? axis + dims.length : axis;
  if (!(Number.isInteger(normal) && normal >= 0 && normal < dims.length))
    throw new ProgramError(`${showDims(dims)} has no axis ${axis}`);
  return normal;
}

/** A product of dimensions taken apart: `['batch*4', 3]` has the symbols `batch` and the number 12. */
function factors(dims: Dims): { readonly symbols: string; readonly known: number } {
  const symbols: string[] = [];
  let known = 1;
  for (const dim of dims) {
    if (typeof dim === 'number') known *= dim;
    else if (!dim.includes('*')) symbols.push(dim);
    else
      for (const part of dim.split('*'))
        if (/^\d+$/.test(part)) known *= Number(part);
        else symbols.push(part);
  }
  return { symbols: symbols.length > 1 ? symbols.sort().join('*') : (symbols[0] ?? ''), known };
}

/** The product of dimensions; a symbol where one is open, named so that equal products have equal names. */
export function productDim(dims: Dims): Dim {
  const { symbols, known } = factors(dims);
  if (symbols === '') return known;
  return known === 1 ? symbols : `${symbols}*${known}`;
}

/** The sum of dimensions; where one is open, a symbol of its own: equal sums of equal names have equal names. */
export function sumDim(dims: Dims): Dim {
  if (isStatic(dims)) return dims.reduce((sum, dim) => sum + dim, 0);
  return `(${dims.map((dim) => String(dim).replaceAll('*', 'x')).join('+')})`;
}

/** False where the sizes surely differ. Products of different symbols cannot be compared and may be equal. */
export function maySameSize(a: Dims, b: Dims): boolean {
  const [left, right] = [factors(a), factors(b)];
  if (left.symbols === right.symbols) return left.known === right.known;
  return left.symbols !== '' && right.symbols !== '';
}

/** Product of the dimensions. Throws ProgramError where one is open. */
export function staticSize(dims: Dims): number {
  if (!isStatic(dims)) throw new ProgramError(`${showDims(dims)} has no fixed size`);
  return dims.reduce((product, dim) => product * dim, 1);
}

/** A dimension that must be a number. Throws ProgramError where it is open. */
export function staticDim(dims: Dims, axis: number): number {
  const dim = dims[axis];
  if (typeof dim !== 'number') throw new ProgramError(`axis ${axis} of ${showDims(dims)} has no fixed size`);
  return dim;
}

// Index arithmetic done once, when a plan is made: for every element of a result, which element of its source it reads.
import { type Shape, sizeOf, stridesOf } from '../../base/shape.js';
import { NoKernel } from './kernel.js';

/** float32 has every integer up to here: positions are kept as floats. */
const greatestPlace = 2 ** 24;

/** One number per element of a shape, from its index along each axis. The array is reused between calls. */
export function placesOf(shape: Shape, place: (index: readonly number[]) => number): Float32Array {
  const size = sizeOf(shape);
  if (size > greatestPlace) throw new NoKernel(`a value of ${size} elements per row`);
  const places = new Float32Array(size);
  const index = shape.map(() => 0);
  for (let at = 0; at < size; at++) {
    places[at] = place(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      index[axis] = next === shape[axis] ? 0 : next;
      if (next !== shape[axis]) break;
    }
  }
  return places;
}

/** Flat position of an index in a shape. */
export function flatten(shape: Shape): (index: readonly number[]) => number {
  const strides = stridesOf(shape);
  return (index) => strides.reduce((sum, stride, axis) => sum + stride * (index[axis] ?? 0), 0);
}

/** Flat position, in a smaller shape, of an index of the shape that it is broadcast to (NumPy's rule). */
export function broadcast(shape: Shape, target: Shape): (index: readonly number[]) => number {
  const strides = stridesOf(shape);
  const missing = target.length - shape.length;
  return (index) =>
    strides.reduce(
      (sum, stride, axis) => sum + (shape[axis] === 1 ? 0 : stride * (index[axis + missing] ?? 0)),
      0,
    );
}

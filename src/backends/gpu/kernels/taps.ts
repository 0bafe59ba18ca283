// Windows of convolution and pooling as tables: for each place of the result, the places of the input that it reads.
import { type Shape, sizeOf, stridesOf } from '../../../base/shape.js';
import type { NodeWindow } from '../../../ops/window.js';
import { placesOf } from '../places.js';

/** Place along one axis, per axis, that a place of the result reads through one tap of the window; undefined for none. */
export type Reach = (place: number, tap: number, axis: number) => number | undefined;

/** Convolution and pooling: a step of `stride`, taps `dilation` apart. */
export const gathering =
  ({ strides, dilations, pads }: NodeWindow): Reach =>
  (place, tap, axis) =>
    place * (strides[axis] ?? 1) - (pads[axis] ?? 0) + tap * (dilations[axis] ?? 1);

/** Transposed convolution: the place of the input that this tap spreads to the result, if there is one. */
export const spreading =
  ({ strides, dilations, pads }: NodeWindow): Reach =>
  (place, tap, axis) => {
    const stride = strides[axis] ?? 1;
    const reached = place + (pads[axis] ?? 0) - tap * (dilations[axis] ?? 1);
    return reached % stride === 0 ? reached / stride : undefined;
  };

/** [places, taps]: flat place in the input, -1 outside it. @param input and `output`, `kernel`: spatial sizes */
export function tapsOf(input: Shape, output: Shape, kernel: Shape, reach: Reach): Float32Array {
  const strides = stridesOf(input);
  const rank = input.length;
  return placesOf([...output, ...kernel], (index) => {
    let place = 0;
    for (let axis = 0; axis < rank; axis++) {
      const at = reach(index[axis] ?? 0, index[axis + rank] ?? 0, axis);
      if (at === undefined || at < 0 || at >= (input[axis] ?? 1)) return -1;
      place += at * (strides[axis] ?? 1);
    }
    return place;
  });
}

/** Taps that lie in the input, per place of the result. */
export function countsOf(taps: Float32Array, perPlace: number): Float32Array {
  const counts = new Float32Array(taps.length / perPlace);
  taps.forEach((tap, at) => {
    if (tap >= 0) counts[Math.floor(at / perPlace)] = (counts[Math.floor(at / perPlace)] ?? 0) + 1;
  });
  return counts;
}

export const spatial = (shape: Shape): Shape => shape.slice(2);

export const spatialSize = (shape: Shape): number => sizeOf(spatial(shape));

// Where each element of a scattered result comes from, for constant indices: from the data or from an update.
import { stridesOf } from '../base/shape.js';
import { type Tensor, toNumbers } from '../base/tensor.js';
import { range } from './movement.js';
import { fromFront } from './places.js';

/** ScatterElements: for each update, the place in the flattened data that it goes to. `indices` have the updates' shape. */
export function elementTargets(data: readonly number[], indices: Tensor, axis: number): number[] {
  const [inner, outer] = [stridesOf(indices.shape), stridesOf(data)];
  return toNumbers(indices).map((index, at) =>
    inner.reduce((place, stride, along) => {
      const own = Math.floor(at / stride) % (indices.shape[along] ?? 1);
      return place + (outer[along] ?? 1) * (along === axis ? fromFront(index, data[axis] ?? 1) : own);
    }, 0),
  );
}

/** ScatterND: for each index vector [...i, k], the place in the first k axes of the data, flattened; `sizes` are theirs. */
export function vectorTargets(sizes: readonly number[], indices: Tensor): number[] {
  const depth = sizes.length;
  const numbers = toNumbers(indices);
  const strides = stridesOf(sizes);
  return range(depth === 0 ? 0 : numbers.length / depth).map((row) =>
    strides.reduce(
      (place, stride, at) => place + stride * fromFront(numbers[row * depth + at] ?? 0, sizes[at] ?? 1),
      0,
    ),
  );
}

/** For each of `size` results, its place in the data followed by the updates. The last update wins. */
export function sourcesOf(size: number, targets: readonly number[]): number[] {
  const sources = range(size);
  targets.forEach((target, at) => {
    sources[target] = size + at;
  });
  return sources;
}

// One box with bounds of its hidden values, and which neurons are undecided there.
import { float32, int64, type Tensor, tensor } from '../../../base/tensor.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import type { Feeds } from '../../../program/session.js';
import type { Bounds } from '../../crown/bounds.js';
import type { Neurons } from './neurons.js';

export type Space = {
  readonly hidden: readonly Neurons[];
  /** Bounds of each hidden value at the root. */
  readonly root: readonly Bounds[];
  /** Undecided neurons, and one place (0) that belongs to none. */
  readonly width: number;
  /** [width] each: bounds of the neurons' inputs at the root. */
  readonly lower: Float32Array<ArrayBuffer>;
  readonly upper: Float32Array<ArrayBuffer>;
  /** [width]: element among all hidden ones. */
  readonly elements: readonly number[];
  /** What all sub-problems share. */
  readonly feeds: Feeds;
};

export function createSpace(
  model: TypedModel,
  box: { readonly lower: Float32Array<ArrayBuffer>; readonly upper: Float32Array<ArrayBuffer> },
  hidden: readonly Neurons[],
  root: readonly Bounds[],
): Space {
  const [elements, lower, upper] = [[0], [0], [0]];
  const places = new Map<number, number>();
  let from = 0;
  hidden.forEach(({ size, splits }, k) => {
    for (let at = 0; splits && at < size; at++) {
      const [low, high] = [root[k]?.lower[at] ?? 0, root[k]?.upper[at] ?? 0];
      if (!(low < 0 && high > 0)) continue;
      places.set(from + at, elements.length);
      elements.push(from + at);
      lower.push(low);
      upper.push(high);
    }
    from += size;
  });
  const shape = model.input.shape.map(Number);
  const feeds: Record<string, Tensor> = {
    lower: float32(box.lower, shape),
    upper: float32(box.upper, shape),
    places: int64(Array.from({ length: from }, (_, element) => places.get(element) ?? 0)),
    elements: int64(elements),
  };
  hidden.forEach((neurons, k) => {
    feeds[`least${k}`] = float32(root[k]?.lower ?? [], neurons.shape);
    feeds[`most${k}`] = float32(root[k]?.upper ?? [], neurons.shape);
  });
  return {
    hidden,
    root,
    width: elements.length,
    lower: Float32Array.from(lower),
    upper: Float32Array.from(upper),
    elements,
    feeds,
  };
}

/** Lower slopes of plain CROWN: 1 where the upper end is farther from 0, else 0. */
export const firstSlopes = ({ lower, upper }: Space): Float32Array<ArrayBuffer> =>
  lower.map((low, at) => ((upper[at] ?? 0) > -low ? 1 : 0));

/** [n, ...] of a batch that its maker has no more use for. */
export const expendable = (data: Float32Array<ArrayBuffer>, count: number): Tensor<'float32'> => ({
  ...tensor('float32', [count, data.length / count], data),
  expendable: true,
});

// One box with bounds of its hidden values, and which neurons are undecided there.
import { float32, int64, type Tensor, tensor } from '../../../base/tensor.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import type { Feeds } from '../../../program/session.js';
import type { Bounds } from '../../crown/bounds.js';
import type { OpenDisjunct } from '../types.js';
import { type Cuts, haveCuts, type Neurons } from './neurons.js';

export type Space = {
  readonly hidden: readonly Neurons[];
  /** Bounds of each hidden value at the root. */
  readonly root: readonly Bounds[];
  /** Undecided neurons, those that are cut anywhere twice: first for z >= point, then for z <= point; place 0 belongs to none. */
  readonly width: number;
  /** [width]: whether it is the first of the two places of a neuron that is cut anywhere. */
  readonly isCut: readonly boolean[];
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
  box: Pick<OpenDisjunct, 'lower' | 'upper' | 'raised'>,
  hidden: readonly Neurons[],
  root: readonly Bounds[],
): Space {
  const { elements, lower, upper, isCut, places, count } = placed(hidden, root, box.raised);
  const placeOf = (element: number) => places.get(element) ?? 0;
  const shape = model.input.shape.map(Number);
  const feeds: Record<string, Tensor> = {
    lower: float32(box.lower, shape),
    upper: float32(box.upper, shape),
    places: int64(Array.from({ length: count }, (_, element) => placeOf(element))),
    elements: int64(elements),
  };
  if (haveCuts(hidden)) {
    const second = (element: number) => (isCut[placeOf(element)] === true ? placeOf(element) + 1 : 0);
    feeds.secondPlaces = int64(Array.from({ length: count }, (_, element) => second(element)));
    feeds.isSecond = float32(isCut.map((_, place) => (isCut[place - 1] === true ? 1 : 0)));
  }
  hidden.forEach((neurons, k) => {
    feeds[`least${k}`] = float32(root[k]?.lower ?? [], neurons.shape);
    feeds[`most${k}`] = float32(root[k]?.upper ?? [], neurons.shape);
  });
  return {
    hidden,
    root,
    width: elements.length,
    isCut,
    lower: Float32Array.from(lower),
    upper: Float32Array.from(upper),
    elements,
    feeds,
  };
}

/** Places of undecided neurons, and the bounds of their inputs. */
function placed(hidden: readonly Neurons[], root: readonly Bounds[], raised: OpenDisjunct['raised']) {
  const [elements, lower, upper] = [[0], [0], [0]];
  const isCut = [false];
  const places = new Map<number, number>();
  const known = haveCuts(hidden) ? raised : undefined;
  let from = 0;
  hidden.forEach(({ name, size, cuts }, k) => {
    const isRead = known?.get(name)?.isRead;
    for (let at = 0; cuts !== 'nowhere' && at < size; at++) {
      const [low, high] = [root[k]?.lower[at] ?? 0, root[k]?.upper[at] ?? 0];
      // Nothing open depends on the others.
      if (isRead?.[at] === false || !isOpen(cuts, low, high)) continue;
      places.set(from + at, elements.length);
      for (const isFirst of cuts === 'kink' ? [false] : [true, false]) {
        elements.push(from + at);
        isCut.push(isFirst);
        lower.push(low);
        upper.push(high);
      }
    }
    from += size;
  });
  return { elements, lower, upper, isCut, places, count: from };
}

const isOpen = (cuts: Cuts, low: number, high: number): boolean =>
  cuts === 'kink' ? low < 0 && high > 0 : isCuttable(low, high);

/** Not where its ends are next to each other, or of no known size. */
const isCuttable = (low: number, high: number): boolean =>
  high - low > 2 ** -16 * Math.max(Math.abs(low), Math.abs(high)) && Number.isFinite(high - low);

const isSecond = ({ isCut }: Space, place: number): boolean => isCut[place - 1] === true;

/** Lower slopes of plain CROWN: 1 where the upper end is farther from 0, else 0. Of what is cut anywhere: its relaxation's own choice. */
export const firstSlopes = (space: Space): Float32Array<ArrayBuffer> =>
  space.lower.map((low, at) =>
    space.isCut[at] || isSecond(space, at) ? 0.5 : (space.upper[at] ?? 0) > -low ? 1 : 0,
  );

/** Ends [width] of what is cut anywhere: the lower one at its first place, the upper one at its second; else 0. */
export const rootPoints = (space: Space): Float32Array<ArrayBuffer> =>
  space.lower.map((low, at) => (space.isCut[at] ? low : isSecond(space, at) ? (space.upper[at] ?? 0) : 0));

/** [n, ...] of a batch that its maker has no more use for. */
export const expendable = (data: Float32Array<ArrayBuffer>, count: number): Tensor<'float32'> => ({
  ...tensor('float32', [count, data.length / count], data),
  expendable: true,
});

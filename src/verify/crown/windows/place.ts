// Raised bounds of an image's elements, place by place: rows of all elements of one place, or of few places beside each other, over the part
// of the network that they depend on. Equal parts share their programs.
import type { FloatDType } from '../../../base/dtype.js';
import { roundDown } from '../../../base/float32-rounding.js';
import { float32, rows, type Tensor } from '../../../base/tensor.js';
import { footprintOf } from '../../../graph/footprint.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import type { Deployment } from '../../../ops/rounding.js';
import type { Feeds, Runtime, Session, Shared } from '../../../program/session.js';
import { cached } from '../../../program/session-cache.js';
import type { Bounds } from '../bounds.js';
import type { Target } from '../plan.js';
import { openFrame, ownFrame } from '../programs.js';
import {
  type AscentOptions,
  ascendTo,
  type ExactStage,
  openExactStage,
  openRowStage,
  type RowStage,
} from '../row-stage.js';
import { bordersOf, nearBorder } from './borders.js';
import { type Cropped, cropModel } from './crop.js';
import { type Known, tileFeeds } from './stage.js';
import { placeOf, type Window } from './window.js';

export type PlaceOptions = { readonly arithmetic: Deployment; readonly memoryBytes: number };

/** What is known where the rows of a place are raised: the box, and bounds of earlier values. */
export type Surroundings = { readonly box: Bounds; readonly known: readonly Known[] };

export type Places = {
  /** The window in which an element is bounded: its place, or near a border a window that shares its part of the network with others. */
  around(element: number): Window;
  /** The part of the network that a window depends on; undefined where it has none. */
  at(window: Window): Cropped | undefined;
  /** The greatest lower bounds of rows [n, elements of the window] that are found. */
  raise(
    cropped: Cropped,
    around: Surroundings,
    start: Tensor<'float32'>,
    effort: AscentOptions,
  ): Promise<Float32Array>;
};

/** Arrays like the coefficients of a row that a step has at a time, an estimate. */
const keptArrays = 16;
const greatestRowsPerCall = 256;

const rowsPerCall = ({ model }: Cropped, memoryBytes: number): number => {
  const bytes = footprintOf(model).coefficientBytes * keptArrays;
  return Math.max(1, Math.min(greatestRowsPerCall, Math.floor(memoryBytes / bytes)));
};

/** What a session makes of feeds, beside them, for as long as the work takes. */
async function withVectors<T>(
  forward: Session,
  feeds: Feeds,
  runtime: Runtime,
  work: (shared: Shared) => Promise<T>,
): Promise<T> {
  const shared = runtime.share({ ...feeds, ...(await forward.run(feeds)) });
  try {
    return await work(shared);
  } finally {
    shared.release();
  }
}

/**
 * @param model one instance
 * @param earlier values that may be known
 */
export function openPlaces(
  model: TypedModel,
  name: string,
  earlier: readonly Target[],
  runtime: Runtime,
  { arithmetic, memoryBytes }: PlaceOptions,
): Places {
  const found = new Map<string, Promise<RowStage>>();
  const exact = new Map<string, Promise<ExactStage>>();
  const frameOf = ({ model: part, windows }: Cropped, dtype: FloatDType) => {
    const inside = earlier.filter((target) => windows.has(target.name));
    return ownFrame(openFrame(part, inside, { arithmetic, dtype }).frame, name);
  };
  const rowStage = (part: Cropped) =>
    cached(found, part.key, () => openRowStage(frameOf(part, 'float32'), name, runtime));
  const exactStage = (part: Cropped) =>
    cached(exact, part.key, () => openExactStage(frameOf(part, 'float64'), name, runtime));
  const parts = new Map<string, Cropped | undefined>();
  const at = (window: Window) => {
    const key = JSON.stringify(window);
    if (!parts.has(key)) parts.set(key, cropModel(model, name, window));
    return parts.get(key);
  };
  const movesOf = async (part: Cropped, feeds: Feeds, start: Tensor<'float32'>, effort: AscentOptions) => {
    const stage = await rowStage(part);
    return withVectors(stage.forward, feeds, runtime, (shared) =>
      ascendTo(stage, shared, start, effort).then(({ moves }) => moves),
    );
  };
  const exactly = async (
    part: Cropped,
    feeds: Feeds,
    start: Tensor<'float32'>,
    moves: Tensor<'float32'> | undefined,
  ): Promise<Float64Array> => {
    const stage = await exactStage(part);
    const count = start.shape[0] ?? 0;
    const chosen = moves ?? float32(new Float32Array(count * stage.width), [count, stage.width]);
    return withVectors(stage.forward, feeds, runtime, async (shared) => {
      const { bound } = await stage.bound.run({ start, moves: chosen }, shared);
      return bound?.data as Float64Array;
    });
  };
  const shape = (model.types.get(name)?.shape ?? []).map(Number);
  const borders = bordersOf(shape, (window) => at(window)?.key);
  return {
    at,
    around: (element) => {
      const { row, column } = placeOf(element, shape);
      return [nearBorder(row, shape[2] ?? 1, borders[0]), nearBorder(column, shape[3] ?? 1, borders[1])];
    },
    raise: async (part, { box, known }, start, effort) => {
      const others = known.filter(({ target }) => target.name !== name);
      const feeds = tileFeeds(model, part, box, others);
      const count = start.shape[0] ?? 0;
      const perCall = rowsPerCall(part, memoryBytes / runtime.workers);
      const least = new Float32Array(count).fill(-Infinity);
      for (let from = 0; from < count && !effort.deadline.expired(); from += perCall) {
        const chunk = rows(start, from, Math.min(from + perCall, count));
        const moves = effort.steps === 0 ? undefined : await movesOf(part, feeds, chunk, effort);
        least.set((await exactly(part, feeds, chunk, moves)).map(roundDown), from);
      }
      return least;
    },
  };
}

// Backward bounds of an image's elements tile by tile. An element of a convolution depends on few places of earlier values: rows of
// coefficients over those places alone are a small part of dense ones ("patches", Xu et al., auto_LiRPA, arXiv 2002.12920, appendix).
import type { Deadline } from '../../../base/deadline.js';
import { float32, int64 } from '../../../base/tensor.js';
import { footprintOf } from '../../../graph/footprint.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import type { Deployment } from '../../../ops/rounding.js';
import { compile } from '../../../program/compile.js';
import type { Feeds, Runtime, Session } from '../../../program/session.js';
import { type Bounds, intersected } from '../bounds.js';
import { arraysPerCoefficient, type Target } from '../plan.js';
import { openFrame } from '../programs.js';
import { boundElements } from '../rows.js';
import { createStage } from '../stage.js';
import type { Cropped } from './crop.js';
import { imageOf } from './image.js';
import { type Tile, type Tiles, type Tiling, tilingOf } from './tiles.js';
import { cropData, lengthOf, planeOf } from './window.js';

/** Data of a value and its name. */
export type Known = { readonly target: Target; readonly bounds: Bounds };

export type WindowOptions = {
  readonly arithmetic: Deployment;
  /** For the coefficients of all calls under way. */
  readonly memoryBytes: number;
  readonly deadline: Deadline;
  readonly tiles: Tiles;
};

export type Windowed = {
  /** What a tile's coefficients are of those that dense rows have. */
  readonly share: number;
  /** Tightens elements of the target's bounds in place; as far as it came, at the deadline. */
  tighten(bounds: Bounds, indices: readonly number[], box: Bounds, known: readonly Known[]): Promise<void>;
};

/** Coefficients of one call: what stays in a processor's cache. */
const bytesPerCall = 2 ** 22;
const fewestRowsPerCall = 16;

type Stage = { readonly forward: Session; readonly backward: Session; readonly rowsPerCall: number };

/**
 * @param model one instance
 * @param earlier values whose bounds are known when the target is bounded
 * @returns undefined where dense rows are no dearer
 */
export function openWindows(
  model: TypedModel,
  name: string,
  earlier: readonly Target[],
  runtime: Runtime,
  options: WindowOptions,
): Windowed | undefined {
  const image = imageOf(model, name);
  const tiling = tilingOf(model, image.name, options.tiles);
  if (tiling === undefined) return undefined;
  const shape = (model.types.get(image.name)?.shape ?? []).map(Number);
  const placeOf = (element: number) => image.elementOf(element);
  const stages = new Map<string, Promise<Stage>>();
  const stageOf = ({ key, model: part, windows }: Cropped) => {
    const found =
      stages.get(key) ??
      openStage(
        part,
        earlier.filter((target) => windows.has(target.name)),
        runtime,
        options,
      );
    stages.set(key, found);
    return found;
  };
  const tightenTile = async (
    tile: Tile,
    bounds: Bounds,
    elements: readonly number[],
    box: Bounds,
    known: readonly Known[],
  ) => {
    const stage = await stageOf(tile.cropped);
    const feeds = feedsOf(model, tile.cropped, box, known);
    const shared = runtime.share({ ...feeds, ...(await stage.forward.run(feeds)) });
    const local = elements.map((element) => placeInTile(shape, tile, placeOf(element)));
    const perCall = Math.max(1, Math.floor(stage.rowsPerCall / 2));
    try {
      for (let from = 0; from < elements.length && !options.deadline.expired(); from += perCall) {
        const { least } = await stage.backward.run(
          { indices: int64(local.slice(from, from + perCall)) },
          shared,
        );
        const found = least?.data as Float32Array;
        const chunk = elements.slice(from, from + perCall);
        chunk.forEach((element, at) => {
          intersected(bounds, element, found[at], found[chunk.length + at]);
        });
      }
    } finally {
      shared.release();
    }
  };
  return {
    share: tiling.share,
    tighten: async (bounds, indices, box, known) => {
      const groups = byTile(shape, tiling, indices, placeOf);
      let next = 0;
      const lane = async () => {
        while (next < groups.length && !options.deadline.expired()) {
          const group = groups[next++];
          if (group !== undefined) await tightenTile(group.tile, bounds, group.elements, box, known);
        }
      };
      await Promise.all(Array.from({ length: runtime.workers }, lane));
    },
  };
}

async function openStage(
  model: TypedModel,
  earlier: readonly Target[],
  runtime: Runtime,
  { arithmetic, memoryBytes }: WindowOptions,
): Promise<Stage> {
  const { frame } = openFrame(model, earlier, arithmetic);
  const { p } = frame;
  const rows = p.input('indices', 'int64', ['rows']);
  const stage = createStage(p, boundElements(frame, model.output.name, rows), new Set([rows]), new Map());
  const bytes = footprintOf(model).coefficientBytes;
  const affordable = Math.floor(memoryBytes / (arraysPerCoefficient * bytes * runtime.workers));
  const [forward, backward] = await Promise.all([
    compile(p, stage.vectors, runtime),
    compile(p, { least: stage.result }, runtime, { memory: 'returned' }),
  ]);
  const cached = Math.max(fewestRowsPerCall, Math.floor(bytesPerCall / bytes));
  return { forward, backward, rowsPerCall: Math.max(2, Math.min(cached, affordable)) };
}

/** Input box and bounds of earlier values, as far as the tile depends on them, under the names that `openFrame` gives them. */
function feedsOf(model: TypedModel, { windows }: Cropped, box: Bounds, known: readonly Known[]): Feeds {
  const feeds: Record<string, Feeds[string]> = {};
  const add = (key: string, name: string, bounds: Bounds) => {
    const window = windows.get(name);
    const shape = model.types.get(name)?.shape ?? [];
    if (window === undefined) return;
    const cropped = [...shape.slice(0, -2).map(Number), ...window.map(lengthOf)];
    feeds[`lower${key}`] = float32(cropData(bounds.lower, shape, window), cropped);
    feeds[`upper${key}`] = float32(cropData(bounds.upper, shape, window), cropped);
  };
  add('', model.input.name, box);
  known
    .filter(({ target }) => windows.has(target.name))
    .forEach(({ target, bounds }, at) => {
      add(`${at}`, target.name, bounds);
    });
  return feeds;
}

function byTile(
  shape: readonly number[],
  { tiles, side, columns }: Tiling,
  indices: readonly number[],
  placeOf: (index: number) => number,
) {
  const [height, width] = planeOf(shape);
  const elements: number[][] = tiles.map(() => []);
  for (const index of indices) {
    const place = placeOf(index) % (height * width);
    const [row, column] = [Math.floor(place / width), place % width];
    elements[Math.floor(row / side) * columns + Math.floor(column / side)]?.push(index);
  }
  return tiles.flatMap((tile, at) => {
    const own = elements[at] ?? [];
    return own.length > 0 ? [{ tile, elements: own }] : [];
  });
}

/** Flat index of an element within its tile. */
function placeInTile(shape: readonly number[], { window: [rows, columns] }: Tile, index: number): number {
  const [height, width] = planeOf(shape);
  const channel = Math.floor(index / (height * width));
  const place = index % (height * width);
  const [row, column] = [Math.floor(place / width) - rows.from, (place % width) - columns.from];
  return (channel * lengthOf(rows) + row) * lengthOf(columns) + column;
}

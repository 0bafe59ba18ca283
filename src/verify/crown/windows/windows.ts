// Backward bounds of an image's elements tile by tile. An element of a convolution depends on few places of earlier values: rows of
// coefficients over those places alone are a small part of dense ones ("patches", Xu et al., auto_LiRPA, arXiv 2002.12920, appendix).
import type { Deadline } from '../../../base/deadline.js';
import { int64 } from '../../../base/tensor.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import { Unbounded } from '../../../ops/operator.js';
import type { Deployment } from '../../../ops/rounding.js';
import { ProgramError } from '../../../program/program-error.js';
import type { Runtime } from '../../../program/session.js';
import { type Bounds, intersected } from '../bounds.js';
import type { Target } from '../plan.js';
import type { Cropped } from './crop.js';
import { imageOf } from './image.js';
import { type Known, openTileStage, type TileStage, tileFeeds } from './stage.js';
import { type Tile, type Tiles, type Tiling, tilingOf } from './tiles.js';
import { lengthOf, placeOf } from './window.js';

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
  /**
   * Tightens elements of the target's bounds in place; as far as it came, at the deadline.
   * @returns false, and no bound is changed, where a tile's programs cannot be made
   */
  tighten(bounds: Bounds, indices: readonly number[], box: Bounds, known: readonly Known[]): Promise<boolean>;
};

/** Elements of a tile: by their index in the value, and in the tile. */
type Group = { readonly tile: Tile; readonly elements: number[]; readonly local: number[] };

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
  const copies = 2 * runtime.workers;
  const tiling = tilingOf(model, image.name, options.tiles, options.memoryBytes / copies);
  if (tiling === undefined) return undefined;
  const shape = (model.types.get(image.name)?.shape ?? []).map(Number);
  const opened = new Map<string, Promise<TileStage>>();
  const stageOf = (cropped: Cropped) => {
    const stage = opened.get(cropped.key) ?? openTileStage(cropped, earlier, runtime, options);
    opened.set(cropped.key, stage);
    return stage;
  };
  return {
    share: tiling.share,
    tighten: async (bounds, indices, box, known) => {
      const groups = byTile(shape, tiling, indices, (index) => image.elementOf(index));
      const stages = await whereMade(groups.map(({ tile }) => stageOf(tile.cropped)));
      if (stages === undefined) return false;
      let next = 0;
      const lane = async () => {
        while (next < groups.length && !options.deadline.expired()) {
          const [group, stage] = [groups[next], stages[next++]];
          if (group === undefined || stage === undefined) break;
          const feeds = tileFeeds(model, group.tile.cropped, box, known);
          const shared = runtime.share({ ...feeds, ...(await stage.forward.run(feeds)) });
          await tightenTile(bounds, group, stage, shared, options.deadline).finally(() => shared.release());
        }
      };
      const lanes = Math.min(runtime.workers, ...stages.map((stage) => stage.lanes));
      await Promise.all(Array.from({ length: lanes }, lane));
      return true;
    },
  };
}

async function whereMade(stages: readonly Promise<TileStage>[]): Promise<TileStage[] | undefined> {
  try {
    return await Promise.all(stages);
  } catch (error) {
    if (error instanceof Unbounded || error instanceof ProgramError) return undefined;
    throw error;
  }
}

async function tightenTile(
  bounds: Bounds,
  { elements, local }: Group,
  { backward, rowsPerCall }: TileStage,
  shared: ReturnType<Runtime['share']>,
  deadline: Deadline,
): Promise<void> {
  // Two rows per element.
  const perCall = Math.max(1, Math.floor(rowsPerCall / 2));
  for (let from = 0; from < elements.length && !deadline.expired(); from += perCall) {
    const { least } = await backward.run({ indices: int64(local.slice(from, from + perCall)) }, shared);
    const found = least?.data as Float32Array;
    const chunk = elements.slice(from, from + perCall);
    chunk.forEach((element, at) => {
      intersected(bounds, element, found[at], found[chunk.length + at]);
    });
  }
}

function byTile(
  shape: readonly number[],
  { tiles, side, columns }: Tiling,
  indices: readonly number[],
  elementOf: (index: number) => number,
): Group[] {
  const groups = tiles.map((tile): Group => ({ tile, elements: [], local: [] }));
  for (const index of indices) {
    const element = elementOf(index);
    const { channel, row, column } = placeOf(element, shape);
    const group = groups[Math.floor(row / side) * columns + Math.floor(column / side)];
    if (group === undefined) throw new RangeError(`element ${index} is in no tile`);
    const [rows, across] = group.tile.window;
    group.elements.push(index);
    group.local.push((channel * lengthOf(rows) + row - rows.from) * lengthOf(across) + column - across.from);
  }
  return groups.filter(({ elements }) => elements.length > 0);
}

// How a value is cut into tiles: small ones need fewer places of earlier values for each of theirs, large ones fewer programs.

import { byteLength } from '../../../base/dtype.js';
import { sizeOf } from '../../../base/shape.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import { type Cropped, cropModel } from './crop.js';
import { planeOf, type Window } from './window.js';

export type Tile = { readonly window: Window; readonly cropped: Cropped };

export type Tiling = {
  /** Row by row. */
  readonly tiles: readonly Tile[];
  /** Places along either axis of all tiles but the last. */
  readonly side: number;
  /** Tiles in a row. */
  readonly columns: number;
  /** What a tile's coefficients are of those that dense rows have. */
  readonly share: number;
};

const sides = [2, 4, 8, 16];
/** Elements of a tile: rows of a few calls. */
const fewestElements = 32;
const greatestElements = 2048;
/** What writing and opening a program costs, in bytes of coefficients that could be computed meanwhile. */
const bytesPerProgram = 2 ** 25;
/** Beyond, finding their windows takes seconds. */
const greatestTiles = 1024;
/** Of elements, those that are assumed to be bounded. */
const openShare = 0.25;
/** Tiles have to be worth it. */
const greatestShare = 0.5;

/** Tiles where they are worth it, or wherever a value can be cut, or nowhere: the latter two for comparison. */
export type Tiles = 'worthwhile' | 'always' | 'never';

/**
 * The tiling of least cost.
 * @param model one instance
 * @param weightBytes what the constants of all its programs may take together
 * @returns undefined where dense rows are no dearer, or where the value does not depend on its input place by place
 */
export function tilingOf(
  model: TypedModel,
  target: string,
  when: Tiles,
  weightBytes = Infinity,
): Tiling | undefined {
  if (when === 'never') return undefined;
  const shape = (model.types.get(target)?.shape ?? []).map(Number);
  const [height, width] = planeOf(shape);
  const whole = cropModel(model, target, [range(0, height, height), range(0, width, width)]);
  if (whole === undefined) return undefined;
  const weights = weightsOf(whole.model);
  const elements = sizeOf(shape);
  const channels = elements / (height * width);
  const dense = elements * bytesOf(whole);
  let best: Tiling | undefined;
  const always = when === 'always';
  let least = always ? Infinity : greatestShare * dense * openShare * 2;
  for (const side of sides) {
    const size = channels * side * side;
    const isUsual = size >= fewestElements && size <= greatestElements;
    if ((!always && !isUsual) || side >= Math.max(height, width)) continue;
    if (Math.ceil(height / side) * Math.ceil(width / side) > greatestTiles) continue;
    const tiles = cut(model, target, shape, side);
    if (tiles === undefined) return undefined;
    const bytes = tiles.reduce(
      (sum, { window, cropped }) => sum + channels * areaOf(window) * bytesOf(cropped),
      0,
    );
    const programs = new Set(tiles.map(({ cropped }) => cropped.key)).size;
    const cost = bytes * openShare * 2 + programs * (bytesPerProgram + weights);
    if (cost >= least || programs * weights > weightBytes) continue;
    least = cost;
    best = { tiles, side, columns: Math.ceil(width / side), share: bytes / dense };
  }
  return best;
}

function cut(model: TypedModel, target: string, shape: readonly number[], side: number): Tile[] | undefined {
  const [height, width] = planeOf(shape);
  const tiles: Tile[] = [];
  for (let row = 0; row < height; row += side)
    for (let column = 0; column < width; column += side) {
      const window: Window = [range(row, side, height), range(column, side, width)];
      const cropped = cropModel(model, target, window);
      if (cropped === undefined) return undefined;
      tiles.push({ window, cropped });
    }
  return tiles;
}

const range = (from: number, length: number, size: number) => ({ from, to: Math.min(from + length, size) });

const areaOf = ([rows, columns]: Window): number => (rows.to - rows.from) * (columns.to - columns.from);

/** Constants that the nodes of a network read. */
function weightsOf({ graph }: TypedModel): number {
  const names = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  return [...graph.constants].reduce(
    (sum, [name, { dtype, shape }]) =>
      sum + (names.has(name) && dtype !== 'string' ? byteLength(dtype, sizeOf(shape)) : 0),
    0,
  );
}

/** One row of coefficients of every value that a window depends on. */
const bytesOf = ({ model, windows }: Cropped): number =>
  [...windows.keys()].reduce(
    (sum, name) => sum + 4 * sizeOf((model.types.get(name)?.shape ?? []).map(Number)),
    0,
  );

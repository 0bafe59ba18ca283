// Programs of a tile: forward to the vectors that depend on its box, backward for elements of it.
import { float32 } from '../../../base/tensor.js';
import { footprintOf } from '../../../graph/footprint.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import type { Deployment } from '../../../ops/rounding.js';
import { compile } from '../../../program/compile.js';
import { sameDims } from '../../../program/dims.js';
import { ProgramError } from '../../../program/program-error.js';
import type { Feeds, Runtime, Session } from '../../../program/session.js';
import type { Bounds } from '../bounds.js';
import { arraysPerCoefficient, type Target } from '../plan.js';
import { openFrame } from '../programs.js';
import { boundElements } from '../rows.js';
import { createStage } from '../stage.js';
import type { Cropped } from './crop.js';
import { cropData, croppedShape } from './window.js';

/** A value's bounds and what the plan says of it. */
export type Known = { readonly target: Target; readonly bounds: Bounds };

export type TileStage = {
  readonly forward: Session;
  readonly backward: Session;
  /** Whatever the number of threads: sums of another number of rows may round in another way. */
  readonly rowsPerCall: number;
  /** Calls that the memory allows at a time. */
  readonly lanes: number;
};

/** Coefficients of one call: what stays in a processor's cache. */
const bytesPerCall = 2 ** 22;
const fewestRowsPerCall = 16;

/**
 * @param earlier values whose bounds are known
 * @throws Unbounded where the tile has no bounds, ProgramError where its parts do not fit each other
 */
export async function openTileStage(
  { model, windows }: Cropped,
  earlier: readonly Target[],
  runtime: Runtime,
  { arithmetic, memoryBytes }: { readonly arithmetic: Deployment; readonly memoryBytes: number },
): Promise<TileStage> {
  const inside = earlier.filter((target) => windows.has(target.name));
  const { frame } = openFrame(model, inside, { arithmetic });
  const { p, bounded } = frame;
  const { shape } = bounded.bounds(model.output.name).lower;
  if (!sameDims(shape, model.output.shape))
    throw new ProgramError(`a tile of [${model.output.shape}] has bounds of [${shape}]`);
  const rows = p.input('indices', 'int64', ['rows']);
  const stage = createStage(p, boundElements(frame, model.output.name, rows), new Set([rows]), new Map());
  const bytes = footprintOf(model).coefficientBytes;
  const affordable = Math.max(2, Math.floor(memoryBytes / (arraysPerCoefficient * bytes)));
  const rowsPerCall = Math.min(Math.max(fewestRowsPerCall, Math.floor(bytesPerCall / bytes)), affordable);
  const [forward, backward] = await Promise.all([
    compile(p, stage.vectors, runtime),
    compile(p, { least: stage.result }, runtime, { memory: 'returned' }),
  ]);
  return { forward, backward, rowsPerCall, lanes: Math.max(1, Math.floor(affordable / rowsPerCall)) };
}

/** Input box and bounds of earlier values, as far as the tile depends on them, under the names that `openFrame` gives them. */
export function tileFeeds(
  model: TypedModel,
  { windows }: Cropped,
  box: Bounds,
  known: readonly Known[],
): Feeds {
  const feeds: Record<string, Feeds[string]> = {};
  const add = (key: string, name: string, bounds: Bounds) => {
    const window = windows.get(name);
    const shape = model.types.get(name)?.shape ?? [];
    if (window === undefined) return;
    const cropped = croppedShape(shape, window).map(Number);
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

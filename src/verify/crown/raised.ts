// Bounds of one box with choices of relaxations raised row by row: first those of hidden values, one value after the other, each with
// what was found of earlier ones, then those of what is asked for. Many times the cost of CROWN.
import type { Deadline } from '../../base/deadline.js';
import { float32, type Tensor } from '../../base/tensor.js';
import { instanceOf } from '../../graph/instance.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Deployment } from '../../ops/rounding.js';
import type { Feeds, Runtime, Shared } from '../../program/session.js';
import { type Bounds, intersected } from './bounds.js';
import type { Box } from './crown.js';
import { bytesOfHidden, planOf, type Target } from './plan.js';
import { openFrame, ownFrame } from './programs.js';
import { ascend, intervals, openRowStage, type RowStage } from './row-stage.js';
import { zonotopesOf } from './zonotopes.js';

export type RaisedOptions = {
  readonly arithmetic: Deployment;
  /** What a call may take, an estimate. */
  readonly memoryBytes: number;
  readonly deadline: Deadline;
  /** One after the other, each for what the one before left open. */
  readonly rounds: readonly Effort[];
};

/** Steps of Adam for hidden values, 1 being the relaxations' own choices, and for what is asked for. */
export type Effort = { readonly hiddenSteps: number; readonly steps: number };

/** Lower bounds [n] of combinations of outputs: `coefficients` [n, outputs]; -Infinity where time ran out. */
export type Raised = (box: Box, coefficients: Tensor<'float32'>) => Promise<Float32Array>;

/** Arrays like the coefficients of all values that a step keeps for its derivative. */
const keptArrays = 12;
/** Of its greatest arrays a step has so many at a time. */
const greatestArrays = 4;
const greatestRowsPerCall = 256;

/** Bytes of coefficients that one step of all rows may go through: about 6 s on one thread. */
const affordableBytes = 2 ** 31;

/**
 * Whether a relaxation has choices that splitting at 0 would never make needless (curves, products), and the network is small enough for
 * steps of all hidden elements.
 */
export function isWorthRaising(batched: TypedModel): boolean {
  const model = instanceOf(batched);
  const plan = planOf(model);
  return plan.targets.some(({ kinkOnly }) => !kinkOnly) && bytesOfHidden(model, plan) <= affordableBytes;
}

/**
 * @throws Unbounded where the output has no bounds; ProgramError where a node cannot be run on many rows at once
 */
export function openRaised(batched: TypedModel, runtime: Runtime, options: RaisedOptions): Raised {
  const model = instanceOf(batched);
  const plan = planOf(model);
  const { targets } = plan;
  const rowsPerCall = ({ arrayBytes }: RowStage): number => {
    const bytesPerRow = Math.max(plan.bytesPerRow * keptArrays, arrayBytes * greatestArrays);
    const most = Math.floor(options.memoryBytes / (bytesPerRow * runtime.workers));
    return Math.max(1, Math.min(greatestRowsPerCall, most));
  };
  const opened = new Map<string, Promise<RowStage>>();
  const stageOf = (name: string): Promise<RowStage> => {
    const found = opened.get(name);
    if (found !== undefined) return found;
    // Programs of their own: the inputs of rows differ in size.
    const { frame } = openFrame(model, targets, { arithmetic: options.arithmetic });
    const own = ownFrame(frame, name);
    const isSingle = model.graph.inputs.length === 1;
    const zonotopeOf = isSingle ? zonotopesOf(own, model.input.name) : undefined;
    const stage = openRowStage({ ...own, ...(zonotopeOf && { zonotopeOf }) }, name, runtime);
    opened.set(name, stage);
    return stage;
  };
  const hidden = async (target: Target, feeds: Feeds, steps: number, known?: Bounds): Promise<Bounds> => {
    const stage = await stageOf(target.name);
    const { bounds, vectors } = await intervals(stage, feeds);
    const size = bounds.lower.length;
    if (known !== undefined)
      for (let at = 0; at < size; at++)
        intersected(bounds, at, known.lower[at], -(known.upper[at] ?? Infinity));
    const open = uncertain(bounds, target.kinkOnly);
    const shared = runtime.share({ ...feeds, ...vectors });
    // Two rows per element.
    const perCall = Math.max(1, Math.floor(rowsPerCall(stage) / 2));
    await inLanes(runtime, shared, open.length, perCall, async (from, to) => {
      const chunk = open.slice(from, to);
      const units = bothSigns(chunk, size);
      const found = await ascend(stage, shared, units, { steps, deadline: options.deadline });
      chunk.forEach((index, row) => {
        intersected(bounds, index, found[row], found[chunk.length + row]);
      });
    });
    return bounds;
  };
  /** Bounds of hidden values, and vectors of the box for what is asked for; undefined where time ran out. */
  const prepared = async (box: Box, steps: number, known: (Bounds | undefined)[]) => {
    let feeds: Feeds = { lower: shaped(box.lower, model), upper: shaped(box.upper, model) };
    for (const [k, target] of targets.entries()) {
      if (options.deadline.expired()) return undefined;
      const { lower, upper } = await hidden(target, feeds, steps, known[k]);
      known[k] = { lower, upper };
      const shape = (model.types.get(target.name)?.shape ?? []).map(Number);
      feeds = { ...feeds, [`lower${k}`]: float32(lower, shape), [`upper${k}`]: float32(upper, shape) };
    }
    return options.deadline.expired() ? undefined : feeds;
  };
  return async (box, coefficients) => {
    const result = new Float32Array(coefficients.shape[0] ?? 0).fill(-Infinity);
    const known: (Bounds | undefined)[] = [];
    for (const { hiddenSteps, steps } of options.rounds) {
      const open = Array.from(result.keys()).filter((row) => !((result[row] ?? 0) > 0));
      if (open.length === 0) break;
      const feeds = await prepared(box, hiddenSteps, known);
      if (feeds === undefined) break;
      const stage = await stageOf(model.output.name);
      const { vectors } = await intervals(stage, feeds);
      const shared = runtime.share({ ...feeds, ...vectors });
      await inLanes(runtime, shared, open.length, rowsPerCall(stage), async (from, to) => {
        const chunk = open.slice(from, to);
        const { deadline } = options;
        const found = await ascend(stage, shared, taken(coefficients, chunk), { steps, deadline, enough: 0 });
        chunk.forEach((row, at) => {
          result[row] = Math.max(result[row] ?? -Infinity, found[at] ?? -Infinity);
        });
      });
    }
    return result;
  };
}

/** Some rows of a matrix. */
function taken({ data, shape }: Tensor<'float32'>, rows: readonly number[]): Tensor<'float32'> {
  const width = shape[1] ?? 1;
  const result = new Float32Array(rows.length * width);
  rows.forEach((row, at) => {
    result.set(data.subarray(row * width, (row + 1) * width), at * width);
  });
  return float32(result, [rows.length, width]);
}

/** As many calls under way as there are threads. Releases what they share. */
async function inLanes(
  { workers }: Runtime,
  shared: Shared,
  count: number,
  size: number,
  work: (from: number, to: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const from = next;
      next += size;
      await work(from, Math.min(from + size, count));
    }
  };
  try {
    await Promise.all(Array.from({ length: workers }, lane));
  } finally {
    shared.release();
  }
}

const shaped = ({ data }: Tensor<'float32'>, { input }: TypedModel) => float32(data, input.shape.map(Number));

/** Elements whose bounds can matter: those that may have both signs, or are not known exactly. */
function uncertain({ lower, upper }: Bounds, kinkOnly: boolean): number[] {
  return Array.from(lower.keys()).filter((at) => {
    const [low, high] = [lower[at] ?? 0, upper[at] ?? 0];
    const doubt = kinkOnly ? Math.min(-low, high) : high - low;
    return doubt > 0 && Number.isFinite(doubt);
  });
}

/** Unit vectors, then their negatives: [2 n, size]. */
function bothSigns(indices: readonly number[], size: number): Tensor<'float32'> {
  const data = new Float32Array(2 * indices.length * size);
  indices.forEach((index, row) => {
    data[row * size + index] = 1;
    data[(indices.length + row) * size + index] = -1;
  });
  return float32(data, [2 * indices.length, size]);
}

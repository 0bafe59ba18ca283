// Bounds of one box with choices of relaxations raised row by row: first those of hidden values, one value after the other, each with
// what was found of earlier ones, then those of what is asked for. Many times the cost of CROWN.
import type { Deadline } from '../../base/deadline.js';
import { float32, rows, type Tensor } from '../../base/tensor.js';
import { instanceOf } from '../../graph/instance.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Deployment } from '../../ops/rounding.js';
import { compile } from '../../program/compile.js';
import { staticSize } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Feeds, Runtime, Session, Shared } from '../../program/session.js';
import { reachable, type Value } from '../../program/value.js';
import { type Bounds, intersected } from './bounds.js';
import { adamRates, buildAscent } from './choices.js';
import type { Box } from './crown.js';
import { planOf, type Target } from './plan.js';
import { openFrame, ownFrame } from './programs.js';
import { createStage } from './stage.js';

export type RaisedOptions = {
  readonly arithmetic: Deployment;
  /** What a call may take, an estimate. */
  readonly memoryBytes: number;
  readonly deadline: Deadline;
  /** Steps of Adam for hidden values, and for what is asked for. */
  readonly hiddenSteps: number;
  readonly steps: number;
};

/** A value's own interval bounds and vectors from the feeds of a box, and a step for rows. */
type Stage = { readonly forward: Session; readonly step: Session; readonly width: number };

/** Lower bounds [n] of combinations of outputs: `coefficients` [n, outputs]; -Infinity where time ran out. */
export type Raised = (box: Box, coefficients: Tensor<'float32'>) => Promise<Float32Array>;

/** Arrays like the coefficients of all values that a step keeps for its derivative. */
const keptArrays = 12;
const greatestRowsPerCall = 256;

/** Bytes of coefficients that one step of all rows may go through: about 6 s on one thread. */
const affordableBytes = 2 ** 31;

/**
 * Whether a relaxation has choices that splitting at 0 would never make needless (curves, products), and the network is small enough for
 * steps of all hidden elements.
 */
export function isWorthRaising(batched: TypedModel): boolean {
  const model = instanceOf(batched);
  const { targets, bytesPerRow } = planOf(model);
  const elements = targets.reduce((sum, { name }) => sum + staticSize(model.types.get(name)?.shape ?? []), 0);
  return targets.some(({ kinkOnly }) => !kinkOnly) && 2 * elements * bytesPerRow <= affordableBytes;
}

/**
 * @throws Unbounded where the output has no bounds; ProgramError where a node cannot be run on many rows at once
 */
export function openRaised(batched: TypedModel, runtime: Runtime, options: RaisedOptions): Raised {
  const model = instanceOf(batched);
  const { targets, bytesPerRow } = planOf(model);
  const rowsPerCall = Math.max(
    1,
    Math.min(
      greatestRowsPerCall,
      Math.floor(options.memoryBytes / (bytesPerRow * keptArrays * runtime.workers)),
    ),
  );
  const opened = new Map<string, Promise<Stage>>();
  const stageOf = (name: string): Promise<Stage> => {
    // Programs of their own: the inputs of rows differ in size.
    const { frame } = openFrame(model, targets, options.arithmetic);
    const found = opened.get(name) ?? openStage(frame.p, ownFrame(frame, name), name, runtime);
    opened.set(name, found);
    return found;
  };
  const hidden = async (target: Target, feeds: Feeds): Promise<Bounds> => {
    const stage = await stageOf(target.name);
    const { bounds, vectors } = await intervals(stage, feeds);
    const open = uncertain(bounds, target.kinkOnly);
    const size = bounds.lower.length;
    const shared = runtime.share({ ...feeds, ...vectors });
    // Two rows per element.
    const perCall = Math.max(1, Math.floor(rowsPerCall / 2));
    await inLanes(runtime, shared, open.length, perCall, async (from, to) => {
      const chunk = open.slice(from, to);
      const found = await ascend(stage, shared, bothSigns(chunk, size), options.hiddenSteps, options);
      chunk.forEach((index, row) => {
        intersected(bounds, index, found[row], found[chunk.length + row]);
      });
    });
    return bounds;
  };
  return async (box, coefficients) => {
    let feeds: Feeds = { lower: shaped(box.lower, model), upper: shaped(box.upper, model) };
    const count = coefficients.shape[0] ?? 0;
    const result = new Float32Array(count).fill(-Infinity);
    for (const [k, target] of targets.entries()) {
      if (options.deadline.expired()) return result;
      const { lower, upper } = await hidden(target, feeds);
      const shape = (model.types.get(target.name)?.shape ?? []).map(Number);
      feeds = { ...feeds, [`lower${k}`]: float32(lower, shape), [`upper${k}`]: float32(upper, shape) };
    }
    if (options.deadline.expired()) return result;
    const stage = await stageOf(model.output.name);
    const { vectors } = await intervals(stage, feeds);
    const shared = runtime.share({ ...feeds, ...vectors });
    await inLanes(runtime, shared, count, rowsPerCall, async (from, to) => {
      result.set(await ascend(stage, shared, rows(coefficients, from, to), options.steps, options), from);
    });
    return result;
  };
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

async function openStage(
  p: Program,
  frame: ReturnType<typeof ownFrame>,
  name: string,
  runtime: Runtime,
): Promise<Stage> {
  const { bound, next, width } = buildAscent(frame, name);
  const { lower, upper } = frame.bounded.bounds(name);
  const own = new Set(reachable([next.moves, bound]).filter(isOfRows));
  const known = new Map<Value, Value>();
  const stages = [createStage(p, next.moves, own, known), createStage(p, bound, own, known)];
  const vectors = Object.assign({}, ...stages.map((stage) => stage.vectors)) as Record<string, Value>;
  const map = (value: Value) => p.rebuild(reachable([value]), known)(value);
  const step: Record<string, Value> =
    width === 0
      ? { bound: map(bound) }
      : {
          bound: map(bound),
          nextMoves: map(next.moves),
          nextFirst: map(next.first),
          nextSecond: map(next.second),
        };
  return {
    width,
    forward: await compile(p, { least: lower, most: upper, ...vectors }, runtime),
    step: await compile(p, step, runtime, { memory: 'returned' }),
  };
}

const rowInputs = new Set(['start', 'moves', 'first', 'second', 'rates']);
const isOfRows = ({ primitive, attributes }: Value): boolean =>
  primitive === 'input' && rowInputs.has(String(attributes.name));

async function intervals({ forward }: Stage, feeds: Feeds): Promise<{ bounds: Bounds; vectors: Feeds }> {
  const { least, most, ...vectors } = await forward.run(feeds);
  const copy = (tensor: Tensor | undefined) => Float32Array.from((tensor?.data ?? []) as Float32Array);
  return { bounds: { lower: copy(least), upper: copy(most) }, vectors };
}

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

/** Length of the first step; it falls to a tenth. */
const firstLength = 0.1;

/** The greatest bound of each row in all steps. Stops between steps at the deadline, and where all rows are positive. */
async function ascend(
  { step, width }: Stage,
  shared: Shared,
  start: Tensor<'float32'>,
  steps: number,
  { deadline }: RaisedOptions,
): Promise<Float32Array> {
  const count = start.shape[0] ?? 0;
  const best = new Float32Array(count).fill(-Infinity);
  const none = () => float32(new Float32Array(count * width), [count, width]);
  let state: Feeds = width === 0 ? {} : { moves: none(), first: none(), second: none() };
  for (let at = 0; at < (width === 0 ? 1 : steps) && !deadline.expired(); at++) {
    const length = firstLength * 0.1 ** (at / Math.max(steps, 1));
    const rates = float32(adamRates(length, at + 1));
    const { bound, nextMoves, nextFirst, nextSecond } = await step.run({ start, rates, ...state }, shared);
    const found = bound?.data as Float32Array;
    found.forEach((value, row) => {
      if (value > (best[row] ?? 0)) best[row] = value;
    });
    if (nextMoves && nextFirst && nextSecond)
      state = { moves: nextMoves, first: nextFirst, second: nextSecond };
  }
  return best;
}

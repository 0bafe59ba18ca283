// Bounds of one box with choices of relaxations raised row by row: first those of hidden values, one value after the other, each with
// what was found of earlier ones, then those of what is asked for. Many times the cost of CROWN.
import type { Deadline } from '../../base/deadline.js';
import { float32, type Tensor } from '../../base/tensor.js';
import { instanceOf } from '../../graph/instance.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Deployment } from '../../ops/rounding.js';
import type { Feeds, Runtime, Session, Shared } from '../../program/session.js';
import { cached } from '../../program/session-cache.js';
import { type Bounds, intersected } from './bounds.js';
import type { Box } from './crown.js';
import { type Dependence, dependenceOn } from './dependence.js';
import { bytesOfHidden, planOf, type Target } from './plan.js';
import { openFrame, ownFrame } from './programs.js';
import { ascend, intervalBounds, openInterval, openRowStage, type RowStage } from './row-stage.js';
import { uncertain } from './uncertain.js';
import { unitRows } from './unit-rows.js';
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

export type Raised = {
  /** Lower bounds [n] of the combinations; -Infinity where time ran out. */
  readonly least: Float32Array;
  /** By name, all values that relaxations read; as many as there was time for. */
  readonly hidden: ReadonlyMap<string, RaisedValue>;
};

export type RaisedValue = Bounds & {
  /** Whether the combinations depend on each of its elements: the others have interval bounds. */
  readonly isRead: readonly boolean[];
};

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
 * @returns given a box, combinations [n, outputs] and what each must be greater than to be of no more interest
 * @throws Unbounded where the output has no bounds; ProgramError where a node cannot be run on many rows at once
 */
export function openRaised(
  batched: TypedModel,
  runtime: Runtime,
  options: RaisedOptions,
): (box: Box, coefficients: Tensor<'float32'>, enough: Float64Array) => Promise<Raised> {
  const { deadline } = options;
  const model = instanceOf(batched);
  const { targets: all, bytesPerRow } = planOf(model, true);
  const targets = all.filter(({ plain }) => !plain);
  const rowsPerCall = ({ arrayBytes }: RowStage): number => {
    const bytes = Math.max(bytesPerRow * keptArrays, arrayBytes * greatestArrays);
    const most = Math.floor(options.memoryBytes / (bytes * runtime.workers));
    return Math.max(1, Math.min(greatestRowsPerCall, most));
  };
  const open = () => openFrame(model, targets, { arithmetic: options.arithmetic }).frame;
  const isSingle = model.graph.inputs.length === 1;
  const whole = open();
  const intervals = new Map<string, Promise<Session>>();
  const intervalOf = (name: string) =>
    cached(intervals, name, () => openInterval(ownFrame(whole, name), name, runtime));
  const stages = new Map<string, Promise<RowStage>>();
  const stageOf = (name: string) =>
    cached(stages, name, () => {
      // A program of its own: the inputs of rows differ in size.
      const frame = ownFrame(open(), name);
      const zonotopeOf = isSingle ? zonotopesOf(frame, model.input.name) : undefined;
      return openRowStage({ ...frame, ...(zonotopeOf && { zonotopeOf }) }, name, runtime);
    });
  const hidden = async (
    target: Target,
    feeds: Feeds,
    isRead: readonly boolean[],
    steps: number,
    known: Bounds | undefined,
  ): Promise<Bounds> => {
    const bounds = await intervalBounds(await intervalOf(target.name), feeds);
    const size = bounds.lower.length;
    if (known !== undefined)
      for (let at = 0; at < size; at++)
        intersected(bounds, at, known.lower[at], -(known.upper[at] ?? Infinity));
    const open = uncertain(bounds, target.kinkOnly).filter((element) => isRead[element] === true);
    if (target.plain || open.length === 0) return bounds;
    const stage = await stageOf(target.name);
    const shared = runtime.share({ ...feeds, ...(await stage.forward.run(feeds)) });
    // Two rows per element.
    const perCall = Math.max(1, Math.floor(rowsPerCall(stage) / 2));
    await inLanes(runtime, shared, open.length, perCall, async (from, to) => {
      const chunk = open.slice(from, to);
      const found = await ascend(stage, shared, unitRows(size, chunk), { steps, deadline });
      chunk.forEach((index, row) => {
        intersected(bounds, index, found[row], found[chunk.length + row]);
      });
    });
    return bounds;
  };
  /** The feeds of a box with bounds of hidden values, which are put into `found`; undefined where time ran out. */
  const prepared = async (
    box: Box,
    dependence: Dependence,
    steps: number,
    found: Map<string, RaisedValue>,
  ): Promise<Feeds | undefined> => {
    let feeds: Feeds = { lower: shaped(box.lower, model), upper: shaped(box.upper, model) };
    for (const [at, target] of all.entries()) {
      if (deadline.expired()) return undefined;
      const isRead = dependence[at] ?? [];
      const bounds = await hidden(target, feeds, isRead, steps, found.get(target.name));
      found.set(target.name, { ...bounds, isRead });
      const shape = (model.types.get(target.name)?.shape ?? []).map(Number);
      const k = targets.indexOf(target);
      const [lower, upper] = [float32(bounds.lower, shape), float32(bounds.upper, shape)];
      if (k >= 0) feeds = { ...feeds, [`lower${k}`]: lower, [`upper${k}`]: upper };
    }
    return deadline.expired() ? undefined : feeds;
  };
  return async (box, coefficients, enough) => {
    const least = new Float32Array(coefficients.shape[0] ?? 0).fill(-Infinity);
    const found = new Map<string, RaisedValue>();
    const dependence = await dependenceOn(model, all, coefficients, runtime);
    const factor = longer(dependence);
    for (const { hiddenSteps, steps } of options.rounds) {
      const open = Array.from(least.keys()).filter((row) => !((least[row] ?? 0) > (enough[row] ?? Infinity)));
      if (open.length === 0) break;
      const ownSteps = hiddenSteps === 1 ? 1 : Math.round(factor * hiddenSteps);
      const feeds = await prepared(box, dependence, ownSteps, found);
      if (feeds === undefined) break;
      const stage = await stageOf(model.output.name);
      const shared = runtime.share({ ...feeds, ...(await stage.forward.run(feeds)) });
      await inLanes(runtime, shared, open.length, rowsPerCall(stage), async (from, to) => {
        const chunk = open.slice(from, to);
        const raised = await ascend(stage, shared, taken(coefficients, chunk), {
          steps: Math.round(factor * steps),
          deadline,
          enough: chunk.map((row) => enough[row] ?? Infinity),
        });
        chunk.forEach((row, at) => {
          least[row] = Math.max(least[row] ?? -Infinity, raised[at] ?? -Infinity);
        });
      });
    }
    return { least, hidden: found };
  };
}

const mostTimesLonger = 10;

/** How many times the steps take about the time of steps of all elements, where few are read. */
function longer(dependence: Dependence): number {
  const all = dependence.flat();
  return Math.min(mostTimesLonger, all.length / Math.max(1, all.filter(Boolean).length));
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

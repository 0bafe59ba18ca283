// CROWN of one box after the other: intermediate bounds of what is not known well enough, then bounds of what is asked for.

import { type Deadline, noDeadline } from '../../base/deadline.js';
import type { FloatDType } from '../../base/dtype.js';
import { float32, rows, type Tensor } from '../../base/tensor.js';
import { instanceOf } from '../../graph/instance.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Deployment } from '../../ops/rounding.js';
import type { Ball } from '../../policy/ball.js';
import { staticSize } from '../../program/dims.js';
import type { Feeds, Runtime } from '../../program/session.js';
import { type Bounds, intersected, isClearlyInside, isNarrow } from './bounds.js';
import { createBudget, usualBytesPerBox } from './budget.js';
import { type Plan, planOf } from './plan.js';
import { createPrograms } from './programs.js';
import { inCalls, type Run, tightened } from './tighten.js';
import { type Relevant, relevantTo } from './windows/relevant.js';
import type { Known } from './windows/stage.js';
import type { Tiles } from './windows/tiles.js';
import { openWindows, type Windowed } from './windows/windows.js';

/** One box, [...input] of the model's instance; with the center of the ball in it where `options.ball` says that there is one. */
export type Box = {
  readonly lower: Tensor<'float32'>;
  readonly upper: Tensor<'float32'>;
  readonly center?: Tensor<'float32'>;
};

export type CrownOptions = {
  readonly arithmetic: Deployment;
  /** Of the programs. float64 rounds next to nothing, and takes twice the time and memory. Default: float32. */
  readonly dtype?: FloatDType;
  /** Only inputs in this ball around the center count. */
  readonly ball?: Ball | undefined;
  /** Coefficients of all calls under way take at most this: more rows are bounded one call after the other. */
  readonly memoryBytes: number;
  /**
   * Elements of one hidden value that get backward bounds, the most uncertain first; the others keep their interval
   * bounds. Default: all of them, but for networks so wide that a box would take more than `bytesPerBox`.
   */
  readonly elementsPerValue?: number;
  /** Coefficients that the hidden values of one box may take in all, one call after the other. Default: about half a minute. */
  readonly bytesPerBox?: number;
  /** Whether `hidden` answers for values of which interval bounds are the best, too. Default: false. */
  readonly plainValues?: boolean;
  readonly deadline?: Deadline;
  /** Whether elements of images are bounded tile by tile. Default: where it is worth it. */
  readonly tiles?: Tiles;
};

export type Crown = {
  /** Bounds of every element of the output, never looser than interval bounds; those, where the deadline is over before. */
  output(box: Box): Promise<Bounds>;
  /** Lower bounds [n] of combinations of outputs: `coefficients` [n, outputs]; -Infinity where the deadline is over before. */
  combinations(box: Box, coefficients: Tensor<'float32'>): Promise<Float32Array>;
  /** Bounds of the hidden values of the plan (plan.ts), in its order. */
  hidden(box: Box): Promise<Bounds[]>;
  /** Whether something was so narrow that bounds by float32 programs are of their rounding rather than of it. */
  wasNarrow(): boolean;
};

/** Enough for matrix products to run at full speed. */
const greatestRowsPerCall = 512;

/**
 * @param batched the model; its programs are those of one instance
 * @throws Unbounded where the output has no bounds
 */
export function openCrown(batched: TypedModel, runtime: Runtime, options: CrownOptions): Crown {
  const model = instanceOf(batched);
  const plan = options.ball === undefined ? planOf(model, options.plainValues) : inBalls(planOf(model, true));
  const { dtype = 'float32' } = options;
  const programs = createPrograms(model, plan, options, runtime);
  const bytesPerRow = plan.bytesPerRow * (dtype === 'float64' ? 2 : 1);
  const affordableRows = Math.max(1, Math.floor(options.memoryBytes / bytesPerRow));
  const rowsPerCall = Math.min(greatestRowsPerCall, affordableRows);
  const lanes = Math.max(1, Math.min(runtime.workers, Math.floor(affordableRows / rowsPerCall)));
  const run: Run = { programs, runtime, rowsPerCall, lanes, deadline: options.deadline ?? noDeadline };
  const windowed = new Map<number, Windowed | undefined>();
  let wasNarrow = false;
  /** Bounds by tiles need the whole box, and are float32: others are of dense rows. */
  const tilesAt = (at: number): Windowed | undefined => {
    const name = plan.targets[at]?.name;
    if (options.ball !== undefined || dtype !== 'float32' || name === undefined) return undefined;
    if (!windowed.has(at))
      windowed.set(
        at,
        openWindows(model, name, plan.targets.slice(0, at), runtime, {
          ...options,
          deadline: run.deadline,
          tiles: options.tiles ?? 'worthwhile',
        }),
      );
    return windowed.get(at);
  };
  /** Feeds of a box: its bounds, and those of every value that was tightened so far. */
  const prepared = async (box: Box, found: Bounds[] = [], relevant?: Relevant): Promise<Feeds> => {
    let feeds: Feeds = feedsOf(box, model);
    const budget = createBudget(options.bytesPerBox ?? usualBytesPerBox, plan.targets.length);
    const whole: Bounds = { lower: box.lower.data, upper: box.upper.data };
    for (const [at, target] of plan.targets.entries()) {
      if (run.deadline.expired()) return feeds;
      const windows = target.plain ? undefined : tilesAt(at);
      const byTiles =
        windows &&
        ((bounds: Bounds, indices: readonly number[]) =>
          windows.tighten(bounds, indices, whole, knownOf(plan, found)));
      const bytesPerElement = 2 * bytesPerRow * (windows?.share ?? 1);
      const most = target.plain ? 0 : (options.elementsPerValue ?? budget.affordable(bytesPerElement));
      const { bounds, vectors, elements } = await tightened(run, at, target.kinkOnly, feeds, {
        most,
        byTiles,
        isRelevant: relevant && ((element) => relevant(target.name, element)),
      });
      budget.spend(elements * bytesPerElement);
      found.push(bounds);
      wasNarrow ||= isNarrow(bounds);
      feeds = { ...feeds, ...vectors, ...programs.feedsOf(target, bounds) };
    }
    return feeds;
  };
  return {
    output: async (box) => {
      const feeds = await prepared(box);
      if (run.deadline.expired()) return programs.intervals(feeds);
      const { bounds, intervals } = await tightened(run, 'output', false, feeds, { most: Infinity });
      // Rounding may make interval bounds from tighter bounds a little looser than those of the box alone; elements that rows
      // tightened by more than rounding are tighter than either.
      if (isClearlyInside(bounds, intervals)) return bounds;
      const { lower, upper } = await programs.intervals(feeds);
      for (const at of bounds.lower.keys()) intersected(bounds, at, lower[at], -(upper[at] ?? Infinity));
      return bounds;
    },
    combinations: async (box, coefficients) => {
      const result = new Float32Array(coefficients.shape[0] ?? 0).fill(-Infinity);
      const feeds = await prepared(box, [], relevantTo(model, coefficients));
      if (run.deadline.expired()) return result;
      const { vectors } = await programs.forward('combinations', feeds);
      await inCalls(run, { ...feeds, ...vectors }, result.length, rowsPerCall, async (shared, from, to) => {
        const chunk = { coefficients: rows(coefficients, from, to) };
        result.set(await programs.backward('combinations', chunk, shared), from);
      });
      return result;
    },
    hidden: async (box) => {
      const found: Bounds[] = [];
      await prepared(box, found);
      for (const { name } of plan.targets.slice(found.length)) found.push(unbounded(model, name));
      return found;
    },
    wasNarrow: () => wasNarrow,
  };
}

/** Interval bounds of the first layer hold in the whole box: in a ball, others are better. */
const inBalls = (plan: Plan): Plan => ({
  ...plan,
  targets: plan.targets.map((target) => ({ ...target, plain: false })),
});

const feedsOf = ({ lower, upper, center }: Box, model: TypedModel): Feeds => ({
  lower: shaped(lower, model),
  upper: shaped(upper, model),
  ...(center && { center: shaped(center, model) }),
});

/** Bounds of the first values of the plan, so many as were found. */
const knownOf = ({ targets }: Plan, found: readonly Bounds[]): Known[] =>
  targets.slice(0, found.length).flatMap((target, at) => {
    const bounds = found[at];
    return bounds === undefined ? [] : [{ target, bounds }];
  });

/** What is known of a value where there was no time. */
function unbounded({ types }: TypedModel, name: string): Bounds {
  const size = staticSize(types.get(name)?.shape ?? []);
  return { lower: new Float32Array(size).fill(-Infinity), upper: new Float32Array(size).fill(Infinity) };
}

const shaped = ({ data }: Tensor<'float32'>, { input }: TypedModel) => float32(data, input.shape.map(Number));

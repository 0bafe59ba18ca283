// CROWN of one box after the other: intermediate bounds of what is not known well enough, then bounds of what is asked for.

import { type Deadline, noDeadline } from '../../base/deadline.js';
import type { FloatDType } from '../../base/dtype.js';
import { rows, type Tensor } from '../../base/tensor.js';
import { instanceOf } from '../../graph/instance.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Deployment } from '../../ops/rounding.js';
import type { Ball } from '../../policy/ball.js';
import { staticSize } from '../../program/dims.js';
import type { Feeds, Runtime } from '../../program/session.js';
import { type Bounds, intersected, isClearlyInside } from './bounds.js';
import type { Box } from './box.js';
import { openHidden } from './hidden.js';
import { type Plan, planOf } from './plan.js';
import { createPrograms, type Programs } from './programs.js';
import { inCalls, type Run, tightened } from './tighten.js';
import { relevantTo } from './windows/relevant.js';
import type { Tiles } from './windows/tiles.js';

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
  const bytesPerRow = plan.bytesPerRow * (options.dtype === 'float64' ? 2 : 1);
  const run = runOf(createPrograms(model, plan, options, runtime), runtime, options, bytesPerRow);
  const { bound, wasNarrow } = openHidden(model, plan, run, options, bytesPerRow);
  return {
    output: async (box) => outputBounds(run, await bound(box)),
    combinations: async (box, coefficients) =>
      boundsOfRows(run, coefficients, await bound(box, [], relevantTo(model, coefficients))),
    hidden: async (box) => {
      const found: Bounds[] = [];
      await bound(box, found);
      for (const { name } of plan.targets.slice(found.length)) found.push(unbounded(model, name));
      return found;
    },
    wasNarrow,
  };
}

function runOf(
  programs: Programs,
  runtime: Runtime,
  { memoryBytes, deadline = noDeadline }: CrownOptions,
  bytesPerRow: number,
): Run {
  const affordableRows = Math.max(1, Math.floor(memoryBytes / bytesPerRow));
  const rowsPerCall = Math.min(greatestRowsPerCall, affordableRows);
  const lanes = Math.max(1, Math.min(runtime.workers, Math.floor(affordableRows / rowsPerCall)));
  return { programs, runtime, rowsPerCall, lanes, deadline };
}

async function outputBounds(run: Run, feeds: Feeds): Promise<Bounds> {
  const { programs, deadline } = run;
  if (deadline.expired()) return programs.intervals(feeds);
  const { bounds, intervals } = await tightened(run, 'output', false, feeds, { most: Infinity });
  // Rounding may make interval bounds from tighter bounds a little looser than those of the box alone; elements that rows
  // tightened by more than rounding are tighter than either.
  if (isClearlyInside(bounds, intervals)) return bounds;
  const { lower, upper } = await programs.intervals(feeds);
  for (const at of bounds.lower.keys()) intersected(bounds, at, lower[at], -(upper[at] ?? Infinity));
  return bounds;
}

async function boundsOfRows(run: Run, coefficients: Tensor<'float32'>, feeds: Feeds): Promise<Float32Array> {
  const { programs, deadline, rowsPerCall } = run;
  const result = new Float32Array(coefficients.shape[0] ?? 0).fill(-Infinity);
  if (deadline.expired()) return result;
  const { vectors } = await programs.forward('combinations', feeds);
  await inCalls(run, { ...feeds, ...vectors }, result.length, rowsPerCall, async (shared, from, to) => {
    const chunk = { coefficients: rows(coefficients, from, to) };
    result.set(await programs.backward('combinations', chunk, shared), from);
  });
  return result;
}

/** Interval bounds of the first layer hold in the whole box: in a ball, others are better. */
const inBalls = (plan: Plan): Plan => ({
  ...plan,
  targets: plan.targets.map((target) => ({ ...target, plain: false })),
});

/** What is known of a value where there was no time. */
function unbounded({ types }: TypedModel, name: string): Bounds {
  const size = staticSize(types.get(name)?.shape ?? []);
  return { lower: new Float32Array(size).fill(-Infinity), upper: new Float32Array(size).fill(Infinity) };
}

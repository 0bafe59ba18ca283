// Bounds of one box with choices of relaxations raised row by row: first those of hidden values, then those of what is asked for. Many
// times the cost of CROWN.
import { rowsAt } from '../../base/rows.js';
import { float32, type Tensor } from '../../base/tensor.js';
import { instanceOf } from '../../graph/instance.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Feeds, Runtime } from '../../program/session.js';
import type { Box } from './box.js';
import { type Dependence, dependenceOn } from './dependence.js';
import { bytesOfHidden, planOf } from './plan.js';
import { type RaisedValue, raiseHidden } from './raised-hidden.js';
import { createRaising, type Raising, type RaisingOptions } from './raising.js';
import { ascend } from './row-stage.js';

export type { RaisedValue } from './raised-hidden.js';

export type RaisedOptions = RaisingOptions & {
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
  const raising = createRaising(instanceOf(batched), runtime, options);
  return async (box, coefficients, enough) => {
    const least = new Float32Array(coefficients.shape[0] ?? 0).fill(-Infinity);
    const found = new Map<string, RaisedValue>();
    const dependence = await dependenceOn(raising.model, raising.targets, coefficients, runtime);
    const factor = longer(dependence);
    for (const { hiddenSteps, steps } of options.rounds) {
      const open = Array.from(least.keys()).filter((row) => !((least[row] ?? 0) > (enough[row] ?? Infinity)));
      if (open.length === 0) break;
      const ownSteps = hiddenSteps === 1 ? 1 : Math.round(factor * hiddenSteps);
      const feeds = await raiseHidden(raising, box, dependence, ownSteps, found);
      if (feeds === undefined) break;
      await raiseRows(
        raising,
        feeds,
        { coefficients, open, enough, steps: Math.round(factor * steps) },
        least,
      );
    }
    return { least, hidden: found };
  };
}

type Rows = {
  readonly coefficients: Tensor<'float32'>;
  /** Which of them. */
  readonly open: readonly number[];
  readonly enough: Float64Array;
  readonly steps: number;
};

/** Those that are open, the greater of what is known and found. */
async function raiseRows(
  raising: Raising,
  feeds: Feeds,
  { coefficients, open, enough, steps }: Rows,
  least: Float32Array,
): Promise<void> {
  const { model, deadline } = raising;
  const [, width = 1] = coefficients.shape;
  const stage = await raising.stageOf(model.output.name);
  await raising.inCalls(open.length, 1, stage, feeds, async (shared, from, to) => {
    const chunk = open.slice(from, to);
    const ends = chunk.map((row) => enough[row] ?? Infinity);
    const start = float32(rowsAt(coefficients.data, chunk, width), [chunk.length, width]);
    const best = await ascend(stage, shared, start, { steps, deadline, enough: ends });
    chunk.forEach((row, at) => {
      least[row] = Math.max(least[row] ?? -Infinity, best[at] ?? -Infinity);
    });
  });
}

const mostTimesLonger = 10;

/** How many times the steps take about the time of steps of all elements, where few are read. */
function longer(dependence: Dependence): number {
  const all = dependence.flat();
  return Math.min(mostTimesLonger, all.length / Math.max(1, all.filter(Boolean).length));
}

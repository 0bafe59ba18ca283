// Gradient ascent as a stage beside mutation: every row takes some sign-gradient steps from a corpus entry or near it, and
// where the answer changes on the way, the boundary in between is searched by bisection.
import type { Rng } from '../../base/rng.js';
import { rowsAt } from '../../base/rows.js';
import { makeBatch } from '../batches.js';
import type { Corpus } from '../corpus.js';
import type { Mutator } from '../mutators/mutator.js';
import type { AscendProgram } from '../programs/ascend.js';
import type { BetweenProgram } from '../programs/between.js';
import type { ScreenProgram } from '../programs/screen.js';
import type { Screened } from '../programs/screened.js';
import type { FuzzTarget } from '../target.js';
import { bisect, type Crossing } from './bisect.js';
import type { Job, Plan, Stage, Visit } from './stage.js';

/** Forward, backward, and the inputs out of the runtime and back: measured at 3 to 5 on small networks. */
const stepCost = 4;
/** Of a job; its rows take turns on the model. */
const stepsPerRow = 16;
const leastClimbers = 4;
/** Fresh seeds that climb side by side, at most. */
const freshClimbers = 16;
/** First and last step, in widths of the box; geometric in between. */
const [widest, narrowest] = [1 / 4, 1 / 64];

export type GradientParts = {
  readonly name: string;
  readonly climbs: boolean;
  readonly target: FuzzTarget;
  readonly ascend: AscendProgram;
  /** Undefined where there is no side to bisect for. */
  readonly between: BetweenProgram | undefined;
  readonly screens: ScreenProgram;
  /** Make starting points near an entry, and anywhere in its box. */
  readonly near: Mutator;
  readonly anywhere: Mutator;
};

/** @param parts `climbs`: towards an objective, and not only to other activations */
export function gradientStage(parts: GradientParts): Stage {
  const perRow = stepsPerRow + (parts.between === undefined ? 0 : bisect.stepsPerCrossing);
  return {
    name: parts.name,
    cost: stepCost,
    ...(parts.climbs && { climbs: true }),
    plan(plan) {
      const rows = parts.target.batched ? climbersFor(plan, perRow) : 1;
      const entries = Int32Array.from({ length: rows }, () => plan.scheduler.next(plan.rng));
      const executions = Math.min(rows * perRow, plan.executions);
      // Only a single row may be short of executions.
      const steps = Math.min(stepsPerRow, executions);
      return { entries, executions, run: ascent(parts, plan, entries, steps, executions / rows - steps) };
    },
  };
}

/** One start may lead nowhere: some climb side by side even while batches are small, as far as the executions go. */
function climbersFor({ rows, executions, fresh }: Plan, perRow: number): number {
  // From one seed as it is there is one way.
  const wanted =
    fresh > 0 ? Math.min(fresh, freshClimbers) : Math.max(leastClimbers, Math.floor(rows / perRow));
  return Math.max(1, Math.min(wanted, Math.floor(executions / perRow)));
}

/** Draws what the rows need, and returns what is left to do. */
function ascent(
  parts: GradientParts,
  { corpus, rng, fresh }: Plan,
  parents: Int32Array,
  steps: number,
  halvings: number,
): Job['run'] {
  const isNear = rng.uint32() & 1;
  const batch = makeBatch(corpus, parents, 1, isNear ? parts.near : parts.anywhere, rng);
  const { seeds } = batch;
  const atParent = Uint8Array.from(parents, () => (fresh > 0 ? 1 : isNear & rng.uint32()));
  const chosen =
    parts.ascend.neurons > 0 ? oneNeuronEach(parents.length, parts.ascend.neurons, rng) : undefined;
  return async () => {
    const rows = Array.from(parents, (_, row) => row);
    const inputs = await parts.screens.children(batch, corpus, rows);
    startAtParents(inputs, parents, atParent, corpus);
    const { visits, crossings } = await climb(parts, { inputs, seeds, chosen }, parents, steps);
    if (parts.between === undefined || crossings.length === 0) return visits;
    return [...visits, ...(await bisect.run(parts.between, crossings, parts.target, halvings))];
  };
}

function startAtParents(
  inputs: Float32Array,
  parents: Int32Array,
  atParent: Uint8Array,
  corpus: Corpus,
): void {
  parents.forEach((entry, row) => {
    if (atParent[row] === 1) inputs.set(corpus.input(entry), row * corpus.width);
  });
}

function oneNeuronEach(rows: number, neurons: number, rng: Rng): Float32Array {
  const chosen = new Float32Array(rows * neurons);
  for (let row = 0; row < rows; row++) chosen[row * neurons + rng.below(neurons)] = 1;
  return chosen;
}

type Start = {
  readonly inputs: Float32Array;
  readonly seeds: Int32Array;
  readonly chosen: Float32Array | undefined;
};

async function climb(
  { ascend, target, name }: GradientParts,
  { inputs: start, ...rest }: Start,
  parents: Int32Array,
  count: number,
): Promise<{ visits: Visit[]; crossings: Crossing[] }> {
  const { size } = target.set;
  const visits: Visit[] = [];
  const crossings = new Map<number, Crossing>();
  let inputs = start;
  let before: { screened: Screened; inputs: Float32Array } | undefined;
  for (let step = 0; step < count; step++) {
    const width = widest * (narrowest / widest) ** (step / (stepsPerRow - 1));
    const steps = new Float32Array(parents.length).fill(width);
    const { screened, moved } = await ascend.step({ ...rest, steps, inputs });
    const here = { screened, inputs };
    // What was climbed to at last is worth a look by the criteria.
    const proposed = step === count - 1 ? Array.from(parents, (_, row) => row) : [];
    visits.push(visitOf(here, proposed, rest.seeds, parents, size, [width, step], name));
    for (const crossing of newCrossings(before, here, rest.seeds, parents, size))
      if (!crossings.has(crossing.row)) crossings.set(crossing.row, crossing);
    [before, inputs] = [here, moved];
  }
  return { visits, crossings: [...crossings.values()] };
}

function visitOf(
  { screened, inputs }: { screened: Screened; inputs: Float32Array },
  proposed: readonly number[],
  seeds: Int32Array,
  parents: Int32Array,
  size: number,
  parameters: readonly number[],
  by: string,
): Visit {
  return {
    by,
    seeds,
    parents,
    screened,
    proposed,
    parameters: () => parameters,
    inputs: async (rows) => rowsAt(inputs, rows, size),
  };
}

type Point = { readonly screened: Screened; readonly inputs: Float32Array };

function newCrossings(
  before: Point | undefined,
  here: Point,
  seeds: Int32Array,
  parents: Int32Array,
  size: number,
): Crossing[] {
  const [left, right] = [before?.screened.side, here.screened.side];
  if (before === undefined || left === undefined || right === undefined) return [];
  const rowOf = (inputs: Float32Array, row: number) => inputs.subarray(row * size, (row + 1) * size);
  return [...right].flatMap((side, row) =>
    side === left[row] || here.screened.signals.some(({ violated }) => violated[row] === 1)
      ? []
      : [
          {
            row,
            from: rowOf(before.inputs, row),
            to: rowOf(here.inputs, row),
            side: left[row] as number,
            seed: seeds[row] as number,
            parent: parents[row] as number,
          },
        ],
  );
}

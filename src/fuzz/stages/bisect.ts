// Bisection to a decision boundary: between two inputs with different answers, the interval with the change is halved. Two
// models that are nearly equal, or two precisions, differ near the boundary of either, if anywhere.

import { rowsAt } from '../../base/rows.js';
import { joined } from '../../base/tensor.js';
import type { BetweenProgram } from '../programs/between.js';
import type { FuzzTarget } from '../target.js';
import type { Visit } from './stage.js';

/** Two inputs of one seed between which the answer changes. */
export type Crossing = {
  /** Of the batch that found it. */
  readonly row: number;
  readonly from: Float32Array;
  readonly to: Float32Array;
  /** The answer at `from`. */
  readonly side: number;
  readonly seed: number;
  readonly parent: number;
};

/** Places on a segment are float32 numbers from 0 to 1: of 24 bits, so that more halvings would repeat points. */
const stepsPerCrossing = 24;

async function run(
  program: BetweenProgram,
  crossings: readonly Crossing[],
  { set }: FuzzTarget,
  halvings: number,
): Promise<Visit[]> {
  const from = joined(crossings.map((crossing) => crossing.from));
  const to = joined(crossings.map((crossing) => crossing.to));
  const seeds = Int32Array.from(crossings, ({ seed }) => seed);
  const parents = Int32Array.from(crossings, ({ parent }) => parent);
  const [low, high] = [new Float32Array(seeds.length), new Float32Array(seeds.length).fill(1)];
  const visits: Visit[] = [];
  for (let step = 0; step < halvings; step++) {
    const at = low.map((least, row) => (least + (high[row] as number)) / 2);
    const { screened, inputs } = await program.judge({ from, to, at, seeds });
    crossings.forEach(({ side }, row) => {
      const half = screened.side?.[row] === side ? low : high;
      half[row] = at[row] as number;
    });
    const last = step === halvings - 1;
    visits.push({
      by: 'bisection',
      seeds,
      parents,
      screened,
      proposed: last ? crossings.map((_, row) => row) : [],
      parameters: (row) => [at[row] as number],
      inputs: async (rows) => rowsAt(inputs, rows, set.size),
    });
  }
  return visits;
}

export const bisect = { run, stepsPerCrossing };

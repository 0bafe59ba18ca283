// Differential fuzzing of two implementations of one model: children are run on both, and what differs beyond rounding is a
// finding. Too dear for every execution, so a stage of its own; what differs most, within rounding, joins the corpus.

import { rowsAt } from '../../base/rows.js';
import type { Tensor } from '../../base/tensor.js';
import { makeBatch, parametersOf } from '../batches.js';
import type { Mutator } from '../mutators/mutator.js';
import { inputsOf, type ScreenProgram } from '../programs/screen.js';
import type { FuzzTarget } from '../target.js';
import type { Stage } from './stage.js';

/** What two implementations say of the same inputs. */
export type SecondOpinion = {
  /** How the objective is called. */
  readonly objective: string;
  judge(inputs: Tensor<'float32'>): Promise<{
    /** [rows]: 1 where they differ by more than rounding explains. */
    readonly differs: Uint8Array;
    /** [rows]: the difference in units of what rounding explains. */
    readonly share: Float32Array;
  }>;
};

const rowsPerJob = 256;
/** Two runs and bounds. */
const cost = 16;

/** @param others objectives that are judged in the graph: their number */
export function secondOpinionStage(
  opinion: SecondOpinion,
  mutators: readonly Mutator[],
  screens: ScreenProgram,
  target: FuzzTarget,
  others: number,
): Stage {
  return {
    name: 'second opinion',
    cost,
    plan({ corpus, scheduler, executions, rng }) {
      const rows = target.batched ? Math.min(executions, rowsPerJob) : 1;
      const parents = Int32Array.from({ length: rows }, () => scheduler.next(rng));
      const mutator = mutators[rng.below(mutators.length)] as Mutator;
      const batch = makeBatch(corpus, parents, 1, mutator, rng);
      const all = Array.from({ length: rows }, (_, row) => row);
      const run = async () => {
        const inputs = await screens.children(batch, corpus, all);
        const mixes = await screens.mixes(mutator);
        const { differs, share } = await opinion.judge(inputsOf(inputs, target));
        const silent = {
          violated: new Uint8Array(rows),
          margin: undefined,
          guide: undefined,
          cluster: undefined,
        };
        const own = { ...silent, violated: differs, guide: share.map((value) => -value) };
        const signals = [...Array.from({ length: others }, () => silent), own];
        return [
          {
            by: `second opinion on ${mutator.name}`,
            seeds: batch.seeds,
            parents,
            partners: mixes ? batch.partners : undefined,
            screened: { signals, suspicion: [], side: undefined },
            proposed: [],
            parameters: (row: number) => [...parametersOf(batch, row)],
            inputs: async (picked: readonly number[]) => rowsAt(inputs, picked, target.set.size),
          },
        ];
      };
      return { entries: parents, executions: rows, run };
    },
  };
}

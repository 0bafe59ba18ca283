// Inputs that are given: the seeds, some of which may be findings already, and findings of earlier runs, which may be none any more.

import { rowsAt } from '../base/rows.js';
import { type Lineage, seedLineage } from './corpus.js';
import type { FuzzEvents } from './events.js';
import { hitOf, type Judge } from './judge-round.js';
import { type JudgeProgram, rowsPerJudgement } from './programs/judge.js';
import type { Visit } from './stages/stage.js';
import type { FuzzTarget } from './target.js';

export type Given = {
  /** [rows, ...input] */
  readonly inputs: Float32Array;
  /** Seed of each row. */
  readonly seeds: Int32Array;
  readonly lineage: Lineage;
};

/** How an input is named that an earlier run found to be a finding. */
export const earlierFinding = 'earlier finding';

export const seedsOf = ({ set }: FuzzTarget): Given => ({
  inputs: set.seeds.data,
  seeds: Int32Array.from(set.instanceOf, (_, seed) => seed),
  lineage: seedLineage,
});

/** @param executions at most: rows beyond are not judged */
export async function judgeGiven(
  { set, targets, batched }: FuzzTarget,
  { judge }: JudgeProgram,
  { ledger }: Pick<Judge, 'ledger'>,
  given: Given,
  executions: number,
  { confirm }: Pick<FuzzEvents, 'confirm'>,
): Promise<void> {
  const seeds = given.seeds.subarray(0, Math.min(given.seeds.length, executions));
  const classes = seeds.map((seed) => targets[set.instanceOf[seed] as number] as number);
  const parts = await judge(given.inputs.subarray(0, seeds.length * set.size), classes);
  const size = batched ? rowsPerJudgement : 1;
  for (const [at, screened] of parts.entries()) {
    const own = seeds.subarray(at * size, (at + 1) * size);
    const inputs = (rows: readonly number[]) =>
      rowsAt(
        given.inputs,
        rows.map((row) => row + at * size),
        set.size,
      );
    const visit: Visit = {
      by: given.lineage.by,
      seeds: own,
      parents: own,
      screened,
      proposed: [],
      parameters: () => [],
      inputs: async (rows) => inputs(rows),
    };
    ledger.planned += own.length;
    for (const suspect of ledger.record(visit).suspects) {
      if (!ledger.isWanted(suspect)) continue;
      ledger.answered(suspect, await confirm(hitOf(suspect, inputs([suspect.row]), given.lineage)));
    }
  }
}

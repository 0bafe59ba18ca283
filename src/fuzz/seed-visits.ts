// The seeds themselves: some may be findings already.

import { seedLineage } from './corpus.js';
import type { FuzzEvents } from './events.js';
import { hitOf, type Judge } from './judge-round.js';
import { type JudgeProgram, rowsPerJudgement } from './programs/judge.js';
import { rowsAt } from './rows.js';
import type { Visit } from './stages/stage.js';
import type { FuzzTarget } from './target.js';

/** @param executions at most: seeds beyond are not judged */
export async function judgeSeeds(
  { set, targets, batched }: FuzzTarget,
  { judge }: JudgeProgram,
  { ledger, corpus }: Judge,
  executions: number,
  { confirm }: FuzzEvents,
): Promise<void> {
  const count = Math.min(set.instanceOf.length, executions);
  const all = Int32Array.from({ length: count }, (_, seed) => seed);
  const classes = all.map((seed) => targets[set.instanceOf[seed] as number] as number);
  const parts = await judge(set.seeds.data.subarray(0, count * set.size), classes);
  const size = batched ? rowsPerJudgement : 1;
  for (const [at, screened] of parts.entries()) {
    const seeds = all.subarray(at * size, (at + 1) * size);
    const visit: Visit = {
      by: 'seed',
      seeds,
      parents: seeds,
      screened,
      proposed: [],
      parameters: () => [],
      inputs: async (rows) =>
        rowsAt(
          corpus.inputs,
          rows.map((row) => row + at * size),
          set.size,
        ),
    };
    ledger.planned += seeds.length;
    for (const suspect of ledger.record(visit).suspects) {
      if (!ledger.isWanted(suspect)) continue;
      const input = await visit.inputs([suspect.row]);
      ledger.answered(suspect, await confirm(hitOf(suspect, input, seedLineage)));
    }
  }
}

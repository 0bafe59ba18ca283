// The simplest baseline: independent uniform draws from the box of each instance in turn.
import { createRng } from '../../../../src/base/rng.js';
import { judgeProgram, rowsPerJudgement } from '../../../../src/fuzz/programs/judge.js';
import type { Method } from './method.js';
import { createBooks, inTurn, uniformPoints } from './points.js';

export const uniformMethod: Method = {
  name: 'uniform random',
  run: async (target, budget, seed, runtime) => {
    const { fuzzed } = target;
    const program = await judgeProgram(fuzzed, runtime);
    const books = createBooks(target, budget);
    const rng = createRng(seed, 'uniform');
    while (!books.done) {
      const seeds = inTurn(fuzzed, books.run.executions, Math.min(rowsPerJudgement, books.left));
      const inputs = uniformPoints(fuzzed, seeds, rng);
      const classes = seeds.map((at) => fuzzed.targets[fuzzed.set.instanceOf[at] ?? 0] ?? 0);
      for (const screened of await program.judge(inputs, classes)) await books.book(screened, inputs, seeds);
    }
    return books.run;
  },
};

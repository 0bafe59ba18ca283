// The simplest baseline: independent uniform draws from the box of each instance in turn.
import { createRng } from '../../../../src/base/rng.js';
import type { Method } from './method.js';
import { createBooks, inTurn, uniformPoints } from './points.js';
import { judgeOf } from './programs.js';

const rowsPerBatch = 512;

export const uniformMethod: Method = {
  name: 'uniform random',
  run: async (target, budget, seed, runtime) => {
    const { fuzzed } = target;
    const judge = await judgeOf(fuzzed, runtime);
    const books = createBooks(target, budget);
    const rng = createRng(seed, 'uniform');
    while (!books.done) {
      const seeds = inTurn(fuzzed, books.run.executions, Math.min(rowsPerBatch, books.left));
      const inputs = uniformPoints(fuzzed, seeds, rng);
      await books.book(await judge(inputs, seeds), inputs, seeds);
    }
    return books.run;
  },
};

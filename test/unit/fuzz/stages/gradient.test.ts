// Gradients as a stage: a needle that noise does not come near, budgets, and what models without derivatives do.
import { describe, expect, test } from 'vitest';
import { zeros } from '../../../../src/base/tensor.js';
import { objectives } from '../../../../src/fuzz/objectives/index.js';
import { firstAbove } from '../encodes.js';
import { randomTensor, smallMlp, unitSet } from '../networks.js';
import { runFuzz } from '../runs.js';
import { corner, summing } from './ramps.js';

const width = 64;
const mlp = objectives.robustness(await smallMlp());
const seeds = unitSet(randomTensor([10, 4], 5), true);
const needle = objectives.robustness(await corner(width));
const set = unitSet(zeros('float32', [1, width]), true);

describe('a needle in a corner of 64 dimensions', () => {
  test.each([1, 2, 3, 4, 5])('gradients find it within 200 executions, seed %d', async (seed) => {
    const { hits } = await runFuzz(needle, set, { seed, gradients: 'ascent', executions: 200 });
    expect(hits).toHaveLength(1);
    expect(hits[0]?.lineage.by).toBe('gradient of main');
    expect(hits[0]?.executions).toBeLessThanOrEqual(200);
  });

  test.each([1, 2])('noise does not within 10,000, seed %d', async (seed) => {
    const { hits } = await runFuzz(needle, set, { seed, executions: 10_000 });
    expect(hits).toEqual([]);
  });
});

describe('where few elements may differ from the seed', () => {
  // Violated where the sum of the elements is above 3.5: from zeros, four of them at 1 or so.
  const model = summing(width);
  const find = async (l0Count: number) => {
    const { hits } = await runFuzz(objectives.robustness(await model), set, {
      limits: { l0Count },
      gradients: 'ascent',
      executions: 600,
    });
    return hits.map(({ input }) => input.filter((value) => value !== 0).length);
  };

  test.each([4, 5, 12])('gradients choose the elements, %d of them', async (l0Count) => {
    const [changed = Infinity] = await find(l0Count);
    expect(changed).toBeGreaterThan(3);
    expect(changed).toBeLessThanOrEqual(l0Count);
  });

  test('three are not enough', async () => {
    expect(await find(3)).toEqual([]);
  });
});

describe('budget', () => {
  test.each([1, 2, 15, 16, 17, 39, 40, 41, 100, 1000, 3001])(
    '%d executions are spent exactly',
    async (executions) => {
      for (const gradients of ['ascent', 'ascent and bisection'] as const) {
        const { result } = await runFuzz(mlp, seeds, { gradients, executions, confirm: async () => false });
        expect(result.executions).toBe(executions);
        expect(result.executionsOf.reduce((sum, spent) => sum + spent, 0)).toBe(executions);
      }
    },
  );

  test('where models take one input at a time, and batches hold few rows', async () => {
    for (const changes of [{ batched: false }, { rowsPerBatch: 4 }]) {
      const options = { ...changes, executions: 150, confirm: async () => false };
      const { result, steps } = await runFuzz(mlp, seeds, { ...options, gradients: 'ascent and bisection' });
      expect(result.executions).toBe(150);
      const climbing = steps.at(-1)?.stages.find(({ name }) => name === 'gradient of main');
      expect(climbing?.executions).toBeGreaterThan(0);
    }
  });
});

test('without derivatives there are no stages of gradients', async () => {
  const flat = firstAbove(2);
  const { steps } = await runFuzz((p, x, target) => ({ ...flat(p, x, target), losses: [] }), seeds, {
    gradients: 'ascent and bisection',
    executions: 500,
    criteria: [],
  });
  expect(steps.at(-1)?.stages.map(({ name }) => name)).toEqual(['noise']);
});

test('neurons are climbed where coverage is asked for', async () => {
  const { steps } = await runFuzz(mlp, seeds, {
    gradients: 'ascent',
    executions: 3000,
    confirm: async () => false,
  });
  const stages = steps.at(-1)?.stages ?? [];
  expect(stages.map(({ name }) => name)).toEqual([
    'gradient of main',
    'gradient of outputs',
    'gradient of neurons',
    'noise',
  ]);
  for (const { executions } of stages) expect(executions).toBeGreaterThan(0);
});

// Climbs without gradients: needles that noise does not come near, limits, budgets, and objectives that say nothing of distance.
import { describe, expect, test } from 'vitest';
import { float32, zeros } from '../../../../src/base/tensor.js';
import { objectives } from '../../../../src/fuzz/objectives/index.js';
import { firstAbove } from '../encodes.js';
import { randomTensor, smallMlp, typed, unitSet } from '../networks.js';
import { type RunChanges, runFuzz } from '../runs.js';
import { corner, summing } from './ramps.js';

const width = 64;
const set = unitSet(zeros('float32', [1, width]), true);
const needle = objectives.robustness(await corner(width));
const climbing: RunChanges = { climbs: true, executions: 5000 };

describe('a needle in a corner of 64 dimensions', () => {
  test.each([1, 2, 3, 4, 5])('a climb finds it within 10,000 executions, seed %d', async (seed) => {
    const { hits } = await runFuzz(needle, set, { ...climbing, seed, decides: false, executions: 10_000 });
    expect(hits[0]?.lineage.by).toBe('climb of main');
  });
});

test('an overflow far from the seed, where nothing is violated on the way', async () => {
  // exp overflows where the sum of 64 elements of [-1, 1] is above 44.4: noise around zeros stays below 20.
  const model = await typed(
    ['batch', width],
    [
      ['Gemm', ['x', 'w'], 'h'],
      ['Exp', ['h'], 'y'],
    ],
    { w: float32(new Float32Array(width).fill(2), [width, 1]) },
  );
  const find = (climbs: boolean) =>
    runFuzz(objectives.finite(model), set, { ...climbing, climbs, decides: false, criteria: [] });
  const [found, lost] = [await find(true), await find(false)];
  expect(found.hits[0]?.executions).toBeLessThan(2500);
  expect(lost.hits).toEqual([]);
});

test.each([4, 12])('of %d elements that may differ, no more do', async (l0Count) => {
  // Violated where the sum of the elements is above 3.5.
  const encode = objectives.robustness(await summing(width));
  const { hits } = await runFuzz(encode, set, { ...climbing, limits: { l0Count }, decides: false });
  const changed = hits.map(({ input }) => input.filter((value) => value !== 0).length);
  expect(changed.length).toBeGreaterThan(0);
  for (const count of changed) expect(count).toBeLessThanOrEqual(l0Count);
});

const mlp = objectives.robustness(await smallMlp());
const seeds = unitSet(randomTensor([10, 4], 5), true);

test.each([1, 31, 32, 33, 100, 1000, 3001])('%d executions are spent exactly', async (executions) => {
  for (const batched of [true, false]) {
    const changes = { ...climbing, executions, batched, decides: false, confirm: async () => false };
    const { result } = await runFuzz(mlp, seeds, changes);
    expect(result.executions).toBe(executions);
    expect(result.executionsOf.reduce((sum, spent) => sum + spent, 0)).toBe(executions);
  }
});

test('objectives that say nothing of distance are not climbed, nor those with gradients', async () => {
  const blind = firstAbove(2);
  const stagesOf = async (changes: RunChanges, hasMargin: boolean) => {
    const { steps } = await runFuzz(
      (p, x, target) => {
        const encoding = blind(p, x, target);
        return hasMargin ? encoding : { ...encoding, margin: undefined, losses: [] };
      },
      seeds,
      { ...changes, executions: 500, criteria: [] },
    );
    return steps.at(-1)?.stages.map(({ name }) => name);
  };
  expect(await stagesOf({ climbs: true }, true)).toEqual(['climb of main', 'noise']);
  expect(await stagesOf({ climbs: true }, false)).toEqual(['noise']);
  expect(await stagesOf({ climbs: true, gradients: 'ascent' }, true)).toEqual(['gradient of main', 'noise']);
});

import { expect, test } from 'vitest';
import { together } from '../../../src/fuzz/programs/together.js';

function doubling() {
  const calls: number[][] = [];
  const double = together(async (tasks: readonly number[]) => {
    calls.push([...tasks]);
    if (tasks.includes(13)) throw new RangeError('thirteen');
    return tasks.map((task) => 2 * task);
  });
  return { calls, double };
}

test('tasks of one go are one call, and each gets its own answer', async () => {
  const { calls, double } = doubling();
  expect(await Promise.all([double(1), double(2), double(3)])).toEqual([2, 4, 6]);
  expect(calls).toEqual([[1, 2, 3]]);
});

test('what comes later, while the first call is under way or done, is the next call', async () => {
  const { calls, double } = doubling();
  const first = double(1);
  await Promise.resolve();
  const second = double(2);
  expect(await Promise.all([second, first])).toEqual([4, 2]);
  expect(await double(3)).toBe(6);
  expect(calls).toEqual([[1], [2], [3]]);
});

test('an error is that of all tasks of its call and of no other', async () => {
  const { double } = doubling();
  const settled = await Promise.allSettled([double(1), double(13)]);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await double(4)).toBe(8);
});

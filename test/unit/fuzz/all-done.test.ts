import { expect, test } from 'vitest';
import { allDone } from '../../../src/fuzz/all-done.js';

test('the results, in order', async () => {
  expect(await allDone([Promise.resolve(1), 'two', undefined])).toEqual([1, 'two', undefined]);
});

test('the first error in order, once nothing is under way any more', async () => {
  const ended: string[] = [];
  const task = async (name: string, moments: number, fails: boolean) => {
    for (let moment = 0; moment < moments; moment++) await Promise.resolve();
    ended.push(name);
    if (fails) throw new Error(name);
  };
  const all = allDone([task('slow', 30, true), task('quick', 1, true), task('slowest', 60, false)]);
  await expect(all).rejects.toThrow('slow');
  expect(ended).toEqual(['quick', 'slow', 'slowest']);
});

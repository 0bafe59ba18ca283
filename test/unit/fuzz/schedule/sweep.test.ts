// Where climbs start, and how long they go on.
import { expect, test } from 'vitest';
import { createRng } from '../../../../src/base/rng.js';
import { createStreaks } from '../../../../src/fuzz/schedule/streaks.js';
import { createSweep } from '../../../../src/fuzz/schedule/sweep.js';
import { createUniform } from '../../../../src/fuzz/schedule/uniform.js';
import { contextOf, tally } from './corpora.js';

test('every open seed once and in order; then the seeds in turn, and other entries now and then', () => {
  const context = contextOf(10, [1, 1, 5], (seed) => seed !== 3);
  const sweep = createSweep(context, createUniform(context));
  const rng = createRng(1);
  expect([sweep.left(4), sweep.left(100)]).toEqual([4, 9]);
  expect(Array.from({ length: 9 }, () => sweep.next(rng))).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9]);
  expect(sweep.left(100)).toBe(0);
  const later = tally(
    Array.from({ length: 3000 }, () => sweep.next(rng)),
    13,
  );
  expect(later[3]).toBe(0);
  // 7/8 of 3000 for nine seeds, and an eighth for twelve entries.
  for (const seed of [0, 1, 2, 4, 5, 6, 7, 8, 9]) expect(later[seed]).toBeGreaterThan(250);
  for (const entry of [10, 11, 12]) expect(later[entry]).toBeGreaterThan(10);
});

test('a streak lasts until 2,048 executions brought nothing new', () => {
  const streaks = createStreaks(2);
  streaks.learn(0, { executions: 2000, findings: 0 });
  expect(streaks.isOn(0)).toBe(true);
  streaks.learn(0, { executions: 40, findings: 1 });
  streaks.learn(0, { executions: 2000, findings: 0 });
  expect(streaks.isOn(0)).toBe(true);
  streaks.learn(0, { executions: 48, findings: 0 });
  expect([streaks.isOn(0), streaks.isOn(1)]).toEqual([false, true]);
});

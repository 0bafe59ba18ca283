// What is said of a disjunct follows from its parts: proved only where none is open and none was given up.
import { expect, test } from 'vitest';
import { createTallies } from '../../../../src/verify/branch/tallies.js';

const opened = () => createTallies([{ index: 4 }, { index: 7 }]);

test('a disjunct is empty once no part is open, with the least bound of its parts', () => {
  const tallies = opened();
  for (const disjunct of [0, 1]) tallies.opened(disjunct, 2);
  tallies.count(0, 0.5);
  tallies.count(0, 0.25);
  tallies.count(1, -3);
  tallies.opened(0, -2);
  const waiting = [{ disjunct: 1, bound: -3 }];
  expect(tallies.progress(waiting)).toEqual({ subproblems: 3, openDisjuncts: 1, bound: -3 });
  expect(tallies.results(waiting, 'timeout')).toEqual([
    { index: 4, state: 'empty', bound: 0.25, subproblems: 2 },
    { index: 7, state: 'open', bound: -3, subproblems: 1, reason: 'timeout' },
  ]);
});

test('a part that cannot be split leaves its disjunct open, although nothing waits', () => {
  const tallies = opened();
  tallies.exhaust({ disjunct: 0, bound: -0.125 });
  const [exhausted, untouched] = tallies.results([], undefined);
  expect(exhausted).toEqual({ index: 4, state: 'open', bound: -0.125, subproblems: 0, reason: 'exhausted' });
  expect(untouched?.state).toBe('empty');
});

test('where a part is under way and nothing waits, nothing is known of the bound', () => {
  const tallies = opened();
  tallies.opened(0, 1);
  expect(tallies.results([], 'interrupted')[0]).toMatchObject({ state: 'open', bound: -Infinity });
});

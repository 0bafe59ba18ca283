import { expect, test } from 'vitest';
import { createExploit, exploitEnergy } from '../../../../src/fuzz/schedule/exploit.js';
import { createExplore, exploreEnergy } from '../../../../src/fuzz/schedule/explore.js';
import { createFast, fastEnergy } from '../../../../src/fuzz/schedule/fast.js';
import { contextOf, draws, turns } from './corpora.js';

const repeated = (entry: number, times: number) => new Array<number>(times).fill(entry);

// p(i) by hand, from the formulas of Boehme et al. 2016, section 4, with alpha = 16, beta = 16, M = 16.
test.each([
  { chosen: 0, executions: 0, fast: 1 },
  { chosen: 3, executions: 1, fast: 8 },
  { chosen: 3, executions: 2, fast: 4 },
  { chosen: 4, executions: 1, fast: 16 },
  { chosen: 5, executions: 1, fast: 16 },
  { chosen: 10, executions: 1000, fast: 1.024 },
  { chosen: 10, executions: 1_000_000, fast: 0.001024 },
  // 2^s is beyond every number, and so is not NaN.
  { chosen: 5000, executions: 1e9, fast: 16 },
])('energy of an entry chosen $chosen times, with $executions executions', ({ fast, ...history }) => {
  expect(fastEnergy(history)).toBeCloseTo(fast, 12);
  expect(exploreEnergy(history)).toBe(1);
  expect(exploitEnergy(history)).toBe(16);
});

test('explore gives every entry one turn, exploit sixteen', () => {
  expect(draws(createExplore, contextOf(2, [1]), 7)).toEqual([0, 1, 2, 0, 1, 2, 0]);
  expect(draws(createExploit, contextOf(2, []), 40)).toEqual([
    ...repeated(0, 16),
    ...repeated(1, 16),
    ...repeated(0, 8),
  ]);
});

test('fast doubles the energy at every choice, up to M', () => {
  const energies = [1, 2, 4, 8, 16, 16];
  const round = (energy: number) => [...repeated(0, energy), ...repeated(1, energy)];
  expect(draws(createFast, contextOf(2, []), 94)).toEqual(energies.flatMap(round));
});

test('fast divides by the executions on all entries of the same seed', () => {
  // Entries 0 and 2 are of seed 0, entry 1 is of seed 1.
  const scheduler = createFast(contextOf(2, [0]));
  scheduler.learn({ entry: 0, executions: 3, kept: 0, findings: 0 });
  scheduler.learn({ entry: 2, executions: 1, kept: 1, findings: 0 });
  // s = 0, 1, 2, 3, 4; 2^s over 4 for seed 0, at least 1, and over 1 for seed 1.
  const expected = [
    [1, 1, 1],
    [1, 2, 1],
    [1, 4, 1],
    [2, 8, 2],
    [4, 16, 4],
  ];
  const sequence = expected.flatMap((round) => round.flatMap((energy, entry) => repeated(entry, energy)));
  expect(turns(scheduler, sequence.length)).toEqual(sequence);
});

test('what was never chosen comes first, and joins the circle behind the others', () => {
  const context = contextOf(3, []);
  const scheduler = createExplore(context);
  expect(turns(scheduler, 4)).toEqual([0, 1, 2, 0]);
  context.discover(1);
  context.discover(1);
  expect(turns(scheduler, 7)).toEqual([3, 4, 1, 2, 0, 3, 4]);
});

test('an entry whose instance closes loses the turns that it had left', () => {
  const closed = new Set<number>();
  const scheduler = createExploit(contextOf(2, [], (seed) => !closed.has(seed)));
  expect(turns(scheduler, 3)).toEqual([0, 0, 0]);
  closed.add(0);
  expect(turns(scheduler, 40)).toEqual(repeated(1, 40));
});

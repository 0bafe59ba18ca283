import { expect, test } from 'vitest';
import { createRng } from '../../../../src/base/rng.js';
import { createRecent } from '../../../../src/fuzz/schedule/recent.js';
import { chiSquareRatio } from '../../../helpers/chi-square.js';
import { contextOf, draws, tally } from './corpora.js';

const seeds = 10;
const many = new Array<number>(200).fill(3);

test('without discoveries the seeds take turns', () => {
  expect(draws(createRecent, contextOf(seeds, []), 12)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
});

test('every open seed gets its share, however many discoveries one of them has made', () => {
  const counts = tally(draws(createRecent, contextOf(seeds, many), 10_000), 210);
  for (let seed = 0; seed < seeds; seed++) expect(counts[seed]).toBeGreaterThan(0.9 * (10_000 / (2 * seeds)));
});

test('half of the turns go to the 64 latest discoveries, evenly', () => {
  const counts = tally(draws(createRecent, contextOf(seeds, many), 20_000), 210);
  const latest = counts.slice(-64);
  expect(counts.slice(seeds, -64).every((count) => count === 0)).toBe(true);
  expect(chiSquareRatio(latest, new Array(64).fill(1 / 64))).toBeLessThan(1);
  const share = latest.reduce((sum, count) => sum + count, 0) / 20_000;
  // Three standard deviations of a fair coin.
  expect(Math.abs(share - 0.5)).toBeLessThan((3 * 0.5) / Math.sqrt(20_000));
});

test('closed seeds and what descends from them get nothing', () => {
  const context = contextOf(seeds, [3, 3, 4, 3], (seed) => seed === 4 || seed === 9);
  const entries = draws(createRecent, context, 2_000);
  expect(new Set(entries.map((entry) => context.corpus.seedOf(entry)))).toEqual(new Set([4, 9]));
  expect(entries.filter((entry) => entry === 9).length).toBeGreaterThan(600);
});

test('a seed that closes is passed over from then on', () => {
  const open = new Set(Array.from({ length: seeds }, (_, seed) => seed));
  const scheduler = createRecent(contextOf(seeds, [], (seed) => open.has(seed)));
  const rng = createRng(1);
  const next = () => scheduler.next(rng);
  expect([next(), next()]).toEqual([0, 1]);
  open.delete(2);
  expect([next(), next()]).toEqual([3, 4]);
});

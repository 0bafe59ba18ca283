import { expect, test } from 'vitest';
import { createUniform } from '../../../../src/fuzz/schedule/uniform.js';
import { chiSquareRatio } from '../../../helpers/chi-square.js';
import { contextOf, draws, tally, turns } from './corpora.js';

test('every entry is as likely as any other', () => {
  const counts = tally(draws(createUniform, contextOf(10, [3, 3, 4, 3]), 14_000), 14);
  expect(chiSquareRatio(counts, new Array(14).fill(1 / 14))).toBeLessThan(1);
});

test('an entry that joins later is as likely as the others from then on', () => {
  const context = contextOf(300, []);
  const scheduler = createUniform(context);
  turns(scheduler, 50);
  for (let at = 0; at < 300; at++) context.discover(at);
  const counts = tally(turns(scheduler, 60_000), 600);
  expect(chiSquareRatio(counts, new Array(600).fill(1 / 600))).toBeLessThan(1);
});

test('what stays open stays evenly likely when others close', () => {
  const closed = new Set<number>();
  const context = contextOf(10, [0, 1, 2, 3, 4], (seed) => !closed.has(seed));
  const scheduler = createUniform(context);
  turns(scheduler, 100);
  for (const seed of [0, 2, 9]) closed.add(seed);
  const counts = tally(turns(scheduler, 10_000), 15);
  const left = [1, 3, 4, 5, 6, 7, 8, 11, 13, 14];
  expect(counts.filter((count) => count > 0)).toHaveLength(left.length);
  expect(
    chiSquareRatio(
      left.map((entry) => counts[entry] ?? 0),
      new Array(10).fill(0.1),
    ),
  ).toBeLessThan(1);
});

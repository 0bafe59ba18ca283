import { expect, test } from 'vitest';
import { createNearestRows } from '../../../src/fuzz/nearest-rows.js';
import { randomTensor, unitSet } from './networks.js';
import { visitOf, withMargins } from './visits.js';

const set = unitSet(randomTensor([12, 2], 1), true);
const open = () => true;
const zeros = (count: number) => new Array<number>(count).fill(0);

test('the nearest row of an instance, where it went a hundredth of the way that was left', () => {
  const rows = createNearestRows(set, 1);
  const nearer = (...margins: number[]) =>
    rows.nearer(visitOf(zeros(margins.length), withMargins(...margins)), open);
  expect(nearer(5, 4)).toEqual([]);
  expect(nearer(4, 3.97)).toEqual([]);
  expect(nearer(3.9, 3, 3.5, 3)).toEqual([1]);
  expect(nearer(3.5, Number.NaN)).toEqual([]);
  expect(nearer(Number.NaN, 2.9)).toEqual([1]);
});

test('findings are no way to themselves, but those after them must be nearer still', () => {
  const rows = createNearestRows(set, 1);
  rows.nearer(visitOf([0], withMargins(1)), open);
  expect(rows.nearer(visitOf([0, 0], withMargins(0.5, -1)), open)).toEqual([]);
  expect(rows.nearer(visitOf([0], withMargins(0.1)), open)).toEqual([]);
});

test('every instance and objective by itself; decided instances are left alone', () => {
  const rows = createNearestRows(set, 2);
  const visit = (margins: number[], others: number[]) =>
    visitOf([0, 1, 2], withMargins(...margins), withMargins(...others));
  rows.nearer(visit([9, 9, 9], [1, 1, 1]), open);
  expect(rows.nearer(visit([8, 9, 8], [2, 2, 0.5]), (instance) => instance !== 0)).toEqual([2, 2]);
});

test('eight of a visit; the others are still nearer the next time', () => {
  const rows = createNearestRows(set, 1);
  const seeds = Array.from({ length: 12 }, (_, seed) => seed);
  const margins = (value: number) => withMargins(...seeds.map(() => value));
  rows.nearer(visitOf(seeds, margins(2)), open);
  expect(rows.nearer(visitOf(seeds, margins(1)), open)).toEqual(seeds.slice(0, 8));
  expect(rows.nearer(visitOf(seeds, margins(1)), open)).toEqual(seeds.slice(8));
});

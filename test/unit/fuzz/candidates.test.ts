import { expect, test } from 'vitest';
import { candidatesOf } from '../../../src/fuzz/candidates.js';

const screened = (...suspicion: number[][]) => ({
  suspicion: suspicion.map((values) => Float32Array.from(values)),
});

test('rows that some criterion suspects, in the order of the batch', () => {
  expect(candidatesOf(screened([0, -1, 2, 0, 1], [0, -1, -1, 5, 1]), 9)).toEqual([2, 3, 4]);
});

test('rows without finite activations are left out', () => {
  expect(candidatesOf(screened([Number.NaN, Infinity, -Infinity, 1]), 9)).toEqual([3]);
});

test('of too many, the most suspected of each criterion; the first of equals', () => {
  expect(candidatesOf(screened([1, 3, 2, 3, 3, 1]), 2)).toEqual([1, 3]);
  expect(candidatesOf(screened([9, 1, 1, 1], [1, 1, 1, 9]), 1)).toEqual([0, 3]);
});

test('no criteria, no candidates', () => {
  expect(candidatesOf(screened(), 9)).toEqual([]);
});

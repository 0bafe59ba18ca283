import { expect, test } from 'vitest';
import { float32 } from '../../../src/base/tensor.js';
import { requireWithin } from '../../../src/policy/data/within.js';
import type { InputRange } from '../../../src/policy/policy.js';
import { failureOf, refTo } from './helpers.js';

const dataset = { name: 'test', inputs: float32([0, 0.1, 0.2, 16], [2, 2]), labels: undefined };
const check = (ranges: InputRange['ranges']) => requireWithin(dataset, { ranges }, refTo('d.npz'));

test('rows inside one range, or inside their own, pass', () => {
  check([[0, 16]]);
  check([
    [0, 0.2],
    [0.1, 16],
  ]);
});

test('a row on a bound passes although float32 0.2 exceeds 0.2', () => {
  expect(Math.fround(0.2)).toBeGreaterThan(0.2);
  expect(() =>
    check([
      [0, 0.2],
      [0, 16],
    ]),
  ).not.toThrow();
});

test('a forgotten scale is found', async () => {
  const failure = await failureOf(() => check([[0, 1]]));
  expect(failure).toMatchObject({ code: 'INVALID_DATA', where: 'd.npz, row 1, element 1 (counted from 0)' });
  expect(failure.problem).toBe('16 lies outside the input range [0, 1]');
  expect(failure.hint).toContain('"scale" (now 1)');
});

test('an element is held against its own range', async () => {
  const failure = await failureOf(() =>
    check([
      [0.1, 1],
      [0, 16],
    ]),
  );
  expect(failure.where).toContain('row 0, element 0');
});

test('the number of ranges must fit', async () => {
  const failure = await failureOf(() =>
    check([
      [0, 16],
      [0, 16],
      [0, 16],
    ]),
  );
  expect(failure.problem).toBe('2 elements a row, but the policy has 3 input ranges');
});

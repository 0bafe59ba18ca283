// Reference values: numpy.quantile, by SciPy 1.17.1's NumPy.
import { describe, expect, test } from 'vitest';
import { median, quantile } from '../../../bench/statistics/quantile.js';

describe('quantiles', () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];

  test.each([
    [0, 1],
    [0.1, 1],
    [0.25, 1.75],
    [0.5, 3.5],
    [0.9, 6.9],
    [1, 9],
  ])('as NumPy computes the one of %d', (share, expected) => {
    expect(quantile(values, share)).toBeCloseTo(expected, 12);
  });

  test('leave their argument as it was', () => {
    const given = [3, 1, 2];
    expect(median(given)).toBe(2);
    expect(given).toEqual([3, 1, 2]);
  });

  test('of runs without an answer', () => {
    expect(median([1, 2, Infinity])).toBe(2);
    expect(median([1, Infinity, Infinity])).toBe(Infinity);
    expect(median([1, 2, Infinity, Infinity])).toBe(Infinity);
    expect(median([Infinity, Infinity])).toBe(Infinity);
    expect(median([7])).toBe(7);
  });

  test.each([[[]], [[1, Number.NaN]]])('of %o there are none', (values: number[]) => {
    expect(() => median(values)).toThrow(RangeError);
  });
});

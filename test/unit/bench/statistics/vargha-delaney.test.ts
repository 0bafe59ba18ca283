import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { magnitudeOf, varghaDelaney } from '../../../bench/statistics/vargha-delaney.js';

describe("Vargha and Delaney's effect size", () => {
  test('counts pairs', () => {
    const sample = fc.array(fc.constantFrom(1, 2, 3, 4, Infinity), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const wins = a.flatMap((x) => b.map((y) => (x > y ? 1 : x === y ? 0.5 : 0)));
        const share = wins.reduce((sum: number, win) => sum + win, 0) / wins.length;
        expect(varghaDelaney(a, b)).toBeCloseTo(share, 12);
      }),
      { seed: 1 },
    );
  });

  test.each([
    [0.5, 'negligible'],
    [0.559, 'negligible'],
    [0.56, 'small'],
    [0.44, 'small'],
    [0.64, 'medium'],
    [0.36, 'medium'],
    [0.71, 'large'],
    [0.29, 'large'],
    [0, 'large'],
  ])('%d is %s', (a12, magnitude) => {
    expect(magnitudeOf(a12)).toBe(magnitude);
  });
});

import { describe, expect, test } from 'vitest';
import { createRng } from '../../../../src/base/rng.js';
import { medianRatioInterval } from '../../../bench/statistics/bootstrap.js';

const range = (count: number, value: (at: number) => number = (at) => at) =>
  Array.from({ length: count }, (_, at) => value(at));

describe('bootstrapped interval of a ratio of medians', () => {
  test('by hand: of two values each', () => {
    // Medians of resamples of [1, 3]: 1, 2, 3 at 1/4, 1/2, 1/4; the ratio to a constant 2 likewise 0.5, 1, 1.5.
    const interval = medianRatioInterval([1, 3], [2], createRng(1), { confidence: 0.4 });
    expect(interval).toEqual({ ratio: 1, low: 1, high: 1 });
    expect(medianRatioInterval([1, 3], [2], createRng(1))).toEqual({ ratio: 1, low: 0.5, high: 1.5 });
  });

  test('contains the true ratio about as often as it says', () => {
    const rng = createRng(2);
    // Log-normal samples whose medians are 3 and 1.
    const sample = (centre: number) => range(25, () => centre * Math.exp(0.5 * rng.normal()));
    const hits = range(200, () => {
      const { low, high } = medianRatioInterval(sample(3), sample(1), rng, {
        resamples: 300,
        confidence: 0.9,
      });
      return low <= 3 && 3 <= high ? 1 : 0;
    }).reduce((sum: number, hit) => sum + hit, 0);
    // 180 expected; medians of small samples make the bootstrap a little generous.
    expect(hits).toBeGreaterThan(170);
    expect(hits).toBeLessThan(198);
  });

  test('is narrower with more confidence in the data, and repeatable', () => {
    const interval = (count: number) =>
      medianRatioInterval(
        range(count, (at) => 10 + at / count),
        range(count, (at) => 5 + at / count),
        createRng(3),
      );
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    expect(width(interval(100))).toBeLessThan(width(interval(10)) / 2);
    expect(interval(10)).toEqual(interval(10));
  });

  test('runs without an answer widen it', () => {
    const answered = range(10, (at) => at + 1);
    const half = [...answered.slice(0, 5), ...new Array<number>(5).fill(Infinity)];
    expect(medianRatioInterval(half, answered, createRng(1)).high).toBe(Infinity);
    expect(medianRatioInterval(answered, half, createRng(1)).low).toBe(0);
    const never = new Array<number>(10).fill(Infinity);
    expect(medianRatioInterval(never, never, createRng(1))).toEqual({
      ratio: Number.NaN,
      low: 0,
      high: Infinity,
    });
  });
});

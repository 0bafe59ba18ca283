// The least of a linear form where limits are satisfied: no point that satisfies them is below, and known cases are met.
import { describe, expect, test } from 'vitest';
import type { Limit } from '../../../../src/verify/branch/inputs/limits.js';
import { leastWithin } from '../../../../src/verify/branch/inputs/within.js';
import { dot } from '../../../helpers/branching.js';
import { Draw, flavours } from '../../../helpers/draw.js';

const limit = (coefficients: readonly number[], excess: number): Limit => ({
  coefficients: Float32Array.from(coefficients),
  excess,
});

describe('known cases in the unit square', () => {
  const least = (limits: readonly Limit[]) =>
    leastWithin([0, 0], [1, 1], limits)(Float32Array.of(1, 2), 0, 0.5);

  test('without limits it is that of a corner', () => {
    expect(least([])).toBeCloseTo(0.5, 12);
  });

  test('x + y >= 1: the cheaper input moves first, the other one as far as is left', () => {
    expect(least([limit([-1, -1], 1)])).toBeCloseTo(1.5, 12);
    expect(least([limit([-1, -1], 1.5)])).toBeCloseTo(2.5, 12);
  });

  test('the best of several limits counts', () => {
    expect(least([limit([-1, 0], 0.25), limit([0, -1], 0.75)])).toBeCloseTo(2, 12);
  });

  test('limits that are satisfied everywhere, or say nothing, change nothing', () => {
    for (const [a, excess] of [
      [1, -9],
      [0, 1],
      [Number.NaN, 1],
      [-1, Number.NaN],
      [-1, Infinity],
    ] as const)
      expect(least([limit([a, a], excess)])).toBeCloseTo(0.5, 12);
  });

  test('nothing is known of what is not finite', () => {
    const within = leastWithin([0], [1], [limit([-1], 0.5)]);
    expect(within(Float32Array.of(1), 0, -Infinity)).toBe(-Infinity);
    expect(within(Float32Array.of(Number.NaN), 0, 0)).toBe(-Infinity);
  });
});

/** Limits that the first of some points meets exactly, in float64 sums. */
test.each(flavours)('no point that satisfies all limits is below: %s', (flavour) => {
  let [kept, moved] = [0, 0];
  for (let seed = 0; seed < 200; seed++) {
    const draw = new Draw(seed);
    const inputs = draw.int(1, 6);
    const { lower, upper } = draw.boxes(1, [inputs], draw.pick(['normal', flavour]));
    const points = Array.from({ length: 20 }, () =>
      lower.data.map((low, i) => {
        const high = upper.data[i] ?? low;
        return Math.min(high, Math.max(low, Math.fround(low + draw.uniform() * (high - low))));
      }),
    );
    const chosen = points[0] ?? new Float32Array(inputs);
    const limits = Array.from({ length: draw.int(1, 6) }, (): Limit => {
      const coefficients = draw.tensor([inputs], flavour).data;
      return { coefficients, excess: -dot(coefficients, 0, chosen) };
    });
    const coefficients = draw.tensor([2, inputs], flavour).data;
    const [within, anywhere] = [limits, []].map((some) =>
      leastWithin(lower.data, upper.data, some)(coefficients, inputs, 0.25),
    );
    if ((within ?? 0) > (anywhere ?? 0)) moved++;
    for (const x of points) {
      if (!limits.every((each) => dot(each.coefficients, 0, x) + each.excess <= 0)) continue;
      kept++;
      expect(within, `seed ${seed}`).toBeLessThanOrEqual(dot(coefficients, 1, x) + 0.25);
    }
  }
  // Not vacuous.
  expect(kept).toBeGreaterThan(200);
  if (flavour === 'normal') expect(moved).toBeGreaterThan(20);
});

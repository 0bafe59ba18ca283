// Clipping never removes a point that satisfies every row, whatever the numbers are.
import { describe, expect, test } from 'vitest';
import { clip } from '../../../../src/verify/branch/inputs/clip.js';
import type { Limit } from '../../../../src/verify/branch/inputs/limits.js';
import { dot } from '../../../helpers/branching.js';
import { Draw, flavours } from '../../../helpers/draw.js';

/** coefficients . x + constants <= limits, row by row. */
const rowsOf = (
  coefficients: readonly number[],
  constants: readonly number[],
  limits: readonly number[],
): Limit[] => {
  const inputs = coefficients.length / constants.length;
  return constants.map((constant, row) => ({
    coefficients: Float32Array.from(coefficients.slice(row * inputs, (row + 1) * inputs)),
    excess: constant - (limits[row] ?? 0),
  }));
};

describe('known cases', () => {
  test('x + y <= 1 in the unit square twice as large', () => {
    const [lower, upper] = [Float32Array.of(0, 0.5), Float32Array.of(2, 2)];
    expect(clip(lower, upper, rowsOf([1, 1], [0], [1]))).toBe('part');
    expect([...lower]).toEqual([0, 0.5]);
    expect(upper[0]).toBeGreaterThanOrEqual(0.5);
    expect(upper[0]).toBeLessThan(0.5001);
    expect(upper[1]).toBeGreaterThanOrEqual(1);
    expect(upper[1]).toBeLessThan(1.0001);
  });

  test('two rows that exclude each other leave nothing', () => {
    const box = () => [Float32Array.of(0), Float32Array.of(1)] as const;
    expect(clip(...box(), rowsOf([1, -1], [0, 0], [0.25, -0.75]))).toBe('nothing');
    expect(clip(...box(), rowsOf([1, -1], [0, 0], [0.75, -0.25]))).toBe('part');
  });

  test('a row that is met everywhere cuts nothing', () => {
    expect(clip(Float32Array.of(0), Float32Array.of(1), rowsOf([1], [0], [1]))).toBe('whole');
  });

  test.each([Number.NaN, Infinity, -Infinity])('what is not finite says nothing: %d', (value) => {
    const [lower, upper] = [Float32Array.of(0, 0), Float32Array.of(1, 1)];
    expect(clip(lower, upper, rowsOf([value, 1], [0], [-9]))).toBe('whole');
    expect(clip(lower, upper, rowsOf([1, 1], [value], [-9]))).toBe('whole');
    expect([...lower, ...upper]).toEqual([0, 0, 1, 1]);
  });
});

/** Points that satisfy all rows in float64 sums, with limits that some of them meet exactly. */
test.each(flavours)('points that satisfy every row stay: %s', (flavour) => {
  let kept = 0;
  for (let seed = 0; seed < 200; seed++) {
    const draw = new Draw(seed);
    const [inputs, count] = [draw.int(1, 6), draw.int(1, 4)];
    const { lower, upper } = draw.boxes(1, [inputs], draw.pick(['normal', flavour]));
    const points = Array.from({ length: 20 }, () =>
      lower.data.map((low, i) => {
        const high = upper.data[i] ?? low;
        return Math.min(high, Math.max(low, Math.fround(low + draw.uniform() * (high - low))));
      }),
    );
    const chosen = points[0] ?? new Float32Array(inputs);
    const limits = Array.from({ length: count }, (): Limit => {
      const coefficients = draw.tensor([inputs], flavour).data;
      return { coefficients, excess: -dot(coefficients, 0, chosen) };
    });
    const inside = points.filter((x) =>
      limits.every(({ coefficients, excess }) => dot(coefficients, 0, x) + excess <= 0),
    );
    const [low, high] = [lower.data.slice(), upper.data.slice()];
    const left = clip(low, high, limits);
    for (const x of inside) {
      kept++;
      expect(left, `seed ${seed}`).not.toBe('nothing');
      x.forEach((value, i) => {
        expect(value >= (low[i] ?? 0) && value <= (high[i] ?? 0), `seed ${seed}: ${value}`).toBe(true);
      });
    }
  }
  expect(kept).toBeGreaterThan(100);
});

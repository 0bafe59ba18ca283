// Rows for bounds: whatever satisfies the constraints satisfies the rows, in exact arithmetic.
import { describe, expect, test } from 'vitest';
import { createRng } from '../../../src/base/rng.js';
import type { LinearConstraint } from '../../../src/policy/vnnlib/property.js';
import { admissible, boxAround, clamped } from '../../../src/verify/decide/boxes.js';
import { needsMagnitudes, rowsOf } from '../../../src/verify/decide/rows.js';

const terms = (coefficients: readonly number[]) => ({
  indices: Int32Array.from(coefficients.keys()),
  coefficients: Float64Array.from(coefficients),
});
const constraint = (
  outputs: readonly number[],
  inputs: readonly number[],
  bound: number,
): LinearConstraint => ({
  outputs: terms(outputs),
  inputs: terms(inputs),
  bound,
  strict: false,
});

/** A float64 as an integer of units of 2^-1074. */
function exact(value: number): bigint {
  const bits = new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n;
  const field = (bits >> 52n) & 0x7ffn;
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = field === 0n ? fraction : (fraction | 0x10000000000000n) << (field - 1n);
  return value < 0 ? -magnitude : magnitude;
}

/** a . v - bound, in units of 2^-2148. */
const excess = (a: ArrayLike<number>, v: readonly number[], bound: number): bigint =>
  v.reduce((sum, value, at) => sum + exact(a[at] ?? 0) * exact(value), 0n) - (exact(bound) << 1074n);

describe('rounded coefficients', () => {
  const box = { lower: Float32Array.of(-3, 1), upper: Float32Array.of(2, 5) };

  test('2000 points on the constraint itself lie within the row', () => {
    const rng = createRng(3, 'rows');
    const number = (scale: number) => (2 * rng.uniform() - 1) * scale;
    const points = Array.from({ length: 2000 }, () => {
      const [a, b] = [
        [number(3), number(1e-3)],
        [number(2), 0.1],
      ];
      const y = [number(7), number(40)].map(Math.fround);
      const x = [number(2), 1 + 4 * rng.uniform()].map(Math.fround);
      // The least float64 bound with which the point satisfies the constraint, give or take rounding: what is above counts.
      const bound = [...a, ...b].reduce((sum, c, at) => sum + c * ([...y, ...x][at] ?? 0), 0);
      return { a, b, y, x, bound };
    });
    const tight = points.filter(({ a, b, y, x, bound }) => excess([...a, ...b], [...y, ...x], bound) <= 0n);
    expect(tight.length).toBeGreaterThan(500);
    let lost = 0;
    for (const { a, b, y, x, bound } of tight) {
      const rows = rowsOf([constraint(a, b, bound)], { inputs: 2, outputs: 2 }, box, [7, 40]);
      const rounded = [...rows.outputs, ...rows.inputs];
      expect(excess(rounded, [...y, ...x], rows.bounds[0] ?? Number.NaN) <= 0n).toBe(true);
      // Without what is added to the bound many would be lost.
      if (excess(rounded, [...y, ...x], bound) > 0n) lost++;
      expect((rows.bounds[0] ?? Infinity) - bound).toBeLessThan(1e-5);
    }
    expect(lost).toBeGreaterThan(100);
  });

  test('float32 coefficients stay, and so does the bound', () => {
    const plain = constraint([1, -0.5], [0.25], 0.1);
    expect(needsMagnitudes([plain])).toBe(false);
    expect(rowsOf([plain], { inputs: 2, outputs: 3 }, box, undefined)).toEqual({
      count: 1,
      outputs: Float32Array.of(1, -0.5, 0),
      inputs: Float32Array.of(0.25, 0),
      bounds: Float64Array.of(0.1),
    });
  });

  test('an output of which nothing is known leaves nothing to prove', () => {
    const rough = constraint([0.1], [], 0);
    expect(needsMagnitudes([rough])).toBe(true);
    expect(rowsOf([rough], { inputs: 2, outputs: 1 }, box, [Infinity]).bounds[0]).toBe(Infinity);
    expect(rowsOf([rough], { inputs: 2, outputs: 1 }, box, undefined).bounds[0]).toBe(Infinity);
  });
});

describe('boxes', () => {
  const box = { lower: Float64Array.of(0.1, 0.1, 1), upper: Float64Array.of(0.7, 0.1, 1) };

  test('around is outward, admissible inward; the nearest float32 where there is none between', () => {
    const [outer, inner] = [boxAround(box), admissible(box)];
    expect(outer.lower[0]).toBeLessThanOrEqual(0.1);
    expect(outer.upper[0]).toBeGreaterThanOrEqual(0.7);
    expect(inner.lower[0]).toBeGreaterThanOrEqual(0.1);
    expect(inner.upper[0]).toBeLessThanOrEqual(0.7);
    expect([inner.lower[1], inner.upper[1]]).toEqual([Math.fround(0.1), Math.fround(0.1)]);
    expect(outer.lower[1]).toBeLessThan(0.1);
    expect(outer.upper[1]).toBe(Math.fround(0.1));
    expect([inner.lower[2], outer.upper[2]]).toEqual([1, 1]);
  });

  test('points are moved to the nearest of the box', () => {
    const inner = admissible(box);
    expect(clamped(inner, Float32Array.of(9, -9, Number.NaN))).toEqual(
      Float32Array.of(inner.upper[0] ?? 0, 0.1, 1),
    );
  });
});

// Reference values: scipy.stats.mannwhitneyu of SciPy 1.17.1, and tables and examples as cited.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrangements, mannWhitney } from '../../../bench/statistics/mann-whitney.js';

const range = (count: number, value: (at: number) => number = (at) => at) =>
  Array.from({ length: count }, (_, at) => value(at));

describe("Mann and Whitney's test", () => {
  test.each([
    { a: [19, 22, 16, 29, 24], b: [20, 11, 17, 12], u: 17, p: 0.1111111111111111 },
    { a: range(10, (at) => at + 1), b: range(10, (at) => at + 4.5), u: 21, p: 0.028805559765312086 },
    { a: range(20), b: range(20, (at) => at + 6.5), u: 91, p: 0.0026426305915593523 },
    // Hollander and Wolfe 1973, p. 69: permeability of membranes; one-sided p = 0.1272.
    {
      a: [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46],
      b: [1.15, 0.88, 0.9, 0.74, 1.21],
      u: 35,
      p: 0.2544122544122544,
    },
  ])('exact, u = $u', ({ a, b, u, p }) => {
    const test = mannWhitney(a, b);
    expect(test).toEqual({ u, p: expect.closeTo(p, 12), method: 'exact' });
  });

  test.each([
    {
      what: 'ties',
      a: [1, 2, 2, 3, 3, 3, 7, 8, 9, 9],
      b: [3, 3, 4, 5, 6, 9, 9, 10, 11, 12],
      u: 25,
      p: 0.06093118733286038,
    },
    {
      what: 'runs without an answer',
      a: [100, 200, 300, Infinity, Infinity, Infinity],
      b: [50, 60, 70, 80, Infinity, 90],
      u: 31.5,
      p: 0.03408693425979851,
    },
    {
      what: 'many values',
      a: range(25),
      b: range(25, (at) => at * 1.5 + 0.25),
      u: 208,
      p: 0.0436020520360401,
    },
    {
      what: 'disjoint samples',
      a: range(30),
      b: range(30, (at) => at + 30),
      u: 0,
      p: 3.019859359162157e-11,
    },
  ])('by the normal approximation: $what', ({ a, b, u, p }) => {
    const test = mannWhitney(a, b);
    expect(test.u).toBe(u);
    expect(test.method).toBe('normal');
    expect(Math.abs(test.p / p - 1)).toBeLessThan(1e-9);
  });

  // The greatest u that is significant at 5 %, two-sided: Mann and Whitney's tables as printed in textbooks.
  test.each([
    { m: 4, n: 4, critical: 0 },
    { m: 5, n: 5, critical: 2 },
    { m: 7, n: 9, critical: 12 },
    { m: 8, n: 8, critical: 13 },
    { m: 10, n: 10, critical: 23 },
    { m: 12, n: 15, critical: 49 },
    { m: 20, n: 20, critical: 127 },
  ])('critical value for $m and $n', ({ m, n, critical }) => {
    const counts = arrangements(m, n);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const p = (u: number) => (2 * counts.slice(0, u + 1).reduce((sum, count) => sum + count, 0)) / total;
    expect(p(critical)).toBeLessThanOrEqual(0.05);
    expect(p(critical + 1)).toBeGreaterThan(0.05);
  });

  test('arrangements are those that counting finds', () => {
    const [m, n] = [3, 4];
    const counts = new Array<number>(m * n + 1).fill(0);
    // Every choice of m of m + n ranks.
    for (let chosen = 0; chosen < 2 ** (m + n); chosen++) {
      const ranks = range(m + n).filter((at) => chosen & (1 << at));
      if (ranks.length !== m) continue;
      const u = ranks.reduce((sum, rank, at) => sum + rank - at, 0);
      counts[u] = (counts[u] ?? 0) + 1;
    }
    expect(arrangements(m, n)).toEqual(counts);
  });

  test('the greatest exact case is exact', () => {
    // 40 over 20.
    expect(arrangements(20, 20).reduce((sum, count) => sum + count, 0)).toBe(137846528820);
  });

  test('equal samples do not differ, nor do samples of one value', () => {
    expect(mannWhitney([1, 1, 1], [1, 1]).p).toBe(1);
    expect(mannWhitney(range(12), range(12)).p).toBe(1);
    expect(mannWhitney([Infinity, Infinity], [Infinity, Infinity]).p).toBe(1);
  });

  test('the order of the samples changes nothing but the side', () => {
    const sample = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 15 });
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const [one, other] = [mannWhitney(a, b), mannWhitney(b, a)];
        expect(one.p).toBeCloseTo(other.p, 12);
        expect(one.u + other.u).toBe(a.length * b.length);
        expect(one.p).toBeLessThanOrEqual(1);
      }),
      { seed: 1 },
    );
  });

  test.each([
    { a: [], b: [1] },
    { a: [1], b: [Number.NaN] },
  ])('refuses $a and $b', ({ a, b }) => {
    expect(() => mannWhitney(a, b)).toThrow(RangeError);
  });
});

// Noise: how large, how many elements, how many distinct changes.
import { describe, expect, test } from 'vitest';
import { createRng } from '../../../../src/base/rng.js';
import { mutators } from '../../../../src/fuzz/mutators/index.js';
import { childrenOf, domain, numbersOf, quantile } from './run.js';

const changes = async (
  name: 'noise' | 'gaussian-noise' | 'sparse-noise' | 'patch-noise',
  rows: number,
  shape: number[],
) => {
  const given = domain(shape);
  const mutator = mutators[name](given, 1);
  return childrenOf(mutator, given, { input: new Float32Array(given.size) }, numbersOf(mutator, rows));
};
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('noise', () => {
  test('changes both ways alike, by at most half of the width, mostly by much less', async () => {
    const all = (await changes('noise', 2048, [16])).flat();
    const sizes = all.map(Math.abs);
    expect(Math.abs(mean(all))).toBeLessThan(0.01);
    expect(quantile(sizes, 1)).toBeLessThanOrEqual(1);
    expect(quantile(sizes, 1)).toBeGreaterThan(0.8);
    expect(quantile(sizes, 0.5)).toBeGreaterThan(0.05);
    expect(quantile(sizes, 0.5)).toBeLessThan(0.3);
  });

  test('fine and coarse children are as likely', async () => {
    const greatest = (await changes('noise', 4096, [64])).map((child) => Math.max(...child.map(Math.abs)));
    expect(quantile(greatest, 0.05)).toBeLessThan(0.13);
    expect(quantile(greatest, 0.95)).toBeGreaterThan(0.7);
  });

  test('elements of one child change independently', async () => {
    const all = await changes('noise', 4096, [2]);
    const product = mean(all.map(([a = 0, b = 0]) => a * b));
    expect(Math.abs(product / mean(all.map(([a = 0]) => a * a)))).toBeLessThan(0.06);
  });

  test('draws cover the whole table', () => {
    const { draw, parameters } = mutators.noise(domain([64]), 1);
    const rng = createRng(3);
    const [row, seen] = [new Float32Array(parameters), new Set<number>()];
    for (let at = 0; at < 40_000; at++) {
      draw(row, 0, rng);
      for (const value of row) seen.add(value);
    }
    expect([Math.min(...seen), Math.max(...seen), seen.size]).toEqual([0, 4095, 4096]);
  });

  // 64 rows at least, whatever the size: 2080 sums of two.
  test.each([8, 784, 3072])('thousands of distinct children of one parent of %d elements', async (size) => {
    const all = await changes('noise', 1000, [size]);
    expect(new Set(all.map((child) => child.slice(0, 8).join())).size).toBeGreaterThan(800);
  });

  test('another seed, other noise', async () => {
    const given = domain([8]);
    const [one, two] = [mutators.noise(given, 1), mutators.noise(given, 2)];
    const numbers = numbersOf(one, 4);
    const input = new Float32Array(8);
    expect(await childrenOf(one, given, { input }, numbers)).not.toEqual(
      await childrenOf(two, given, { input }, numbers),
    );
  });
});

test('Gaussian noise is normal: standard deviations from 0.02 to 0.2 of the width, and fourth moments of 3', async () => {
  const all = await changes('gaussian-noise', 500, [400]);
  const deviations = all.map((child) => Math.sqrt(mean(child.map((value) => value * value))) / 2);
  expect(quantile(deviations, 0)).toBeGreaterThan(0.019);
  expect(quantile(deviations, 0.05)).toBeLessThan(0.04);
  expect(quantile(deviations, 0.95)).toBeGreaterThan(0.12);
  expect(quantile(deviations, 1)).toBeLessThan(0.2);
  const fourth = all.map(
    (child, row) => mean(child.map((value) => (value / 2) ** 4)) / (deviations[row] ?? 1) ** 4,
  );
  expect(mean(fourth)).toBeGreaterThan(2.9);
  expect(mean(fourth)).toBeLessThan(3.1);
});

describe('sparse noise', () => {
  test('changes one element often, and never more than a 16th', async () => {
    const counts = (await changes('sparse-noise', 2000, [320])).map(
      (child) => child.filter((value) => value !== 0).length,
    );
    expect(quantile(counts, 1)).toBe(20);
    expect(quantile(counts, 0)).toBe(1);
    expect(counts.filter((count) => count === 1).length).toBeGreaterThan(300);
    expect(counts.filter((count) => count > 10).length).toBeGreaterThan(200);
  });

  test('reaches every element, by a little and by much', async () => {
    const all = await changes('sparse-noise', 4000, [64]);
    const reached = new Set(all.flatMap((child) => child.flatMap((value, at) => (value === 0 ? [] : [at]))));
    expect(reached.size).toBe(64);
    const sizes = all
      .flat()
      .filter((value) => value !== 0)
      .map(Math.abs);
    expect(quantile(sizes, 0.1)).toBeLessThan(0.03);
    expect(quantile(sizes, 0.9)).toBeGreaterThan(0.5);
    expect(quantile(sizes, 1)).toBeGreaterThan(1.9);
    expect(quantile(sizes, 1)).toBeLessThanOrEqual(2);
  });
});

describe('patch noise', () => {
  const extents = (child: readonly number[], width: number) => {
    const places = child.flatMap((value, at) => (value === 0 ? [] : [at]));
    const rows = places.map((at) => Math.floor(at / width));
    const columns = places.map((at) => at % width);
    const span = (values: number[]) => 1 + Math.max(...values) - Math.min(...values);
    return { rows: span(rows), columns: span(columns), count: places.length };
  };

  test('fills rectangles of up to half of each side', async () => {
    const all = (await changes('patch-noise', 1000, [8, 12])).map((child) => extents(child, 12));
    for (const { rows, columns, count } of all) expect(count).toBe(rows * columns);
    expect([
      Math.max(...all.map(({ rows }) => rows)),
      Math.max(...all.map(({ columns }) => columns)),
    ]).toEqual([4, 6]);
    expect(Math.min(...all.map(({ count }) => count))).toBe(1);
  });

  test('of a table fills runs of columns', async () => {
    const all = (await changes('patch-noise', 500, [10])).map((child) => extents(child, 10));
    for (const { columns, count } of all) expect(count).toBe(columns);
    expect(Math.max(...all.map(({ count }) => count))).toBe(5);
  });
});

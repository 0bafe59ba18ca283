import { describe, expect, test } from 'vitest';
import { createRng, type Rng, shuffle } from '../../../src/base/rng.js';
import { SEED } from '../../helpers/laws.js';

const COUNT = 40_000;
const draws = (count: number, draw: () => number): number[] => Array.from({ length: count }, draw);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const spread = (values: readonly number[], centre: number) =>
    Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
  const product = mean(a.map((value, at) => (value - meanA) * ((b[at] ?? 0) - meanB)));
  return product / (spread(a, meanA) * spread(b, meanB));
}

/** Pearson's statistic of counts that should be equal; about the number of cells, twice that is very unlikely. */
function chiSquare(values: readonly number[], cells: number): number {
  const counts = new Array<number>(cells).fill(0);
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  const expected = values.length / cells;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('one generator', () => {
  test('is uniform over 64 cells, in its high bits, its low bits and below()', () => {
    const cell: Record<string, (rng: Rng) => number> = {
      uniform: (rng) => Math.floor(rng.uniform() * 64),
      lowBits: (rng) => rng.uint32() % 64,
      below: (rng) => rng.below(64),
    };
    for (const [name, read] of Object.entries(cell)) {
      const rng = createRng(SEED, name);
      expect(
        chiSquare(
          draws(COUNT, () => read(rng)),
          64,
        ),
      ).toBeLessThan(128);
    }
  });

  test('stays inside its ranges', () => {
    const rng = createRng(SEED);
    for (let at = 0; at < COUNT; at++) {
      const value = rng.uniform();
      expect(value >= 0 && value < 1).toBe(true);
      expect(Number.isInteger(rng.below(3)) && rng.below(3) < 3 && rng.below(1) === 0).toBe(true);
      expect(Number.isFinite(rng.normal())).toBe(true);
    }
  });

  test('draws normals with mean 0, variance 1, no skew, kurtosis 3 and the right tails', () => {
    const rng = createRng(SEED, 'normal');
    const values = draws(COUNT, rng.normal);
    [0, 1, 0, 3].forEach((moment, at) => {
      expect(Math.abs(mean(values.map((value) => value ** (at + 1))) - moment)).toBeLessThan(0.15);
    });
    const share = (limit: number) => values.filter((value) => Math.abs(value) > limit).length / COUNT;
    expect(share(1)).toBeCloseTo(0.3173, 1);
    expect(share(2)).toBeCloseTo(0.0455, 2);
  });

  test('does not repeat its neighbours', () => {
    const rng = createRng(SEED);
    const values = draws(COUNT, rng.uniform);
    expect(Math.abs(correlation(values.slice(1), values.slice(0, -1)))).toBeLessThan(0.02);
  });
});

describe('streams', () => {
  test('of equal seed and name are equal', () => {
    const [a, b] = [createRng(7, 'shard-1'), createRng(7, 'shard-1')];
    expect(draws(100, a.uint32)).toEqual(draws(100, b.uint32));
  });

  test('are the same on every machine', () => {
    const rng = createRng(1, 'golden');
    expect(draws(4, rng.uint32)).toMatchInlineSnapshot(`
      [
        188369230,
        217336261,
        3346508309,
        3612295488,
      ]
    `);
  });

  test('of near names or seeds are independent from the first draw on', () => {
    const streams = Array.from({ length: 4000 }, (_, at) => createRng(SEED, `shard-${at}`));
    const seeds = Array.from({ length: 4000 }, (_, at) => createRng(at));
    for (const family of [streams, seeds]) {
      for (let round = 0; round < 3; round++) {
        const values = family.map((rng) => rng.uniform());
        expect(Math.abs(correlation(values.slice(1), values.slice(0, -1)))).toBeLessThan(0.06);
        expect(
          chiSquare(
            values.map((value) => Math.floor(value * 32)),
            32,
          ),
        ).toBeLessThan(70);
      }
    }
  });

  test('do not run into each other', () => {
    const first = Array.from({ length: 20_000 }, (_, at) => {
      const rng = createRng(SEED, `row ${at}`);
      return `${rng.uint32()}-${rng.uint32()}`;
    });
    expect(new Set(first).size).toBe(first.length);
  });
});

test('shuffle keeps the elements, and every order is equally likely', () => {
  const rng = createRng(SEED, 'shuffle');
  const orders = ['012', '021', '102', '120', '201', '210'];
  const seen = draws(6000, () => orders.indexOf(shuffle([0, 1, 2], rng).join('')));
  expect(chiSquare(seen, 6)).toBeLessThan(25);
});

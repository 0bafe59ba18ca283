// Mutators that know no neighbourhood: steps, splices, special values, corners.
import { describe, expect, test } from 'vitest';
import { specialValues } from '../../../../src/fuzz/mutators/dictionary.js';
import { mutators } from '../../../../src/fuzz/mutators/index.js';
import { applied, childrenOf, domain, numbersOf, quantile } from './run.js';

const changedIn = (child: readonly number[], parent: ArrayLike<number>): number[] =>
  child.flatMap((value, at) => (Object.is(value, parent[at]) ? [] : [at]));

describe('tabular steps', () => {
  const box = [-10, 30] as const;
  const given = domain([8], box, { integer: [1, 4] });
  const step = applied(mutators['tabular-step'](given, 1));
  const children = (input: readonly number[], count = 2000) =>
    childrenOf(step, given, { input, box }, numbersOf(step, count));
  const middle = [10, 10, 10, 10, 10, 10, 10, 10];

  test('one column moves often, never more than three, and each does', async () => {
    const moved = (await children(middle)).map((child) => changedIn(child, middle));
    expect(new Set(moved.map(({ length }) => length))).toEqual(new Set([1, 2, 3]));
    expect(moved.filter(({ length }) => length === 1).length).toBeGreaterThan(500);
    expect(new Set(moved.flat()).size).toBe(8);
  });

  test('whole numbers move by whole steps, by one and by up to half of the range', async () => {
    const all = await children(middle);
    const steps = all
      .flatMap((child) => [child[1], child[4]].map((value = 0) => value - 10))
      .filter((by) => by !== 0);
    expect(steps.every(Number.isInteger)).toBe(true);
    expect(steps.filter((by) => Math.abs(by) === 1).length).toBeGreaterThan(0.3 * steps.length);
    expect(Math.min(...steps)).toBeLessThan(-15);
    expect(Math.max(...steps)).toBeGreaterThan(15);
    expect(Math.max(...steps.map(Math.abs))).toBeLessThanOrEqual(20);
  });

  test('others move by a share of their range, finely and coarsely, either way', async () => {
    const steps = (await children(middle))
      .flatMap((child) => [0, 2, 3, 5, 6, 7].map((at) => (child[at] ?? 0) - 10))
      .filter((by) => by !== 0);
    expect(quantile(steps, 0)).toBeLessThan(-15);
    expect(quantile(steps, 1)).toBeGreaterThan(15);
    expect(quantile(steps.map(Math.abs), 0.1)).toBeLessThan(0.05);
    expect(steps.filter((by) => by > 0).length / steps.length).toBeCloseTo(0.5, 1);
  });

  test('steps that would leave the box turn back', async () => {
    const corner = [30, 30, 30, 30, -10, -10, -10, -10];
    const all = await children(corner, 500);
    for (const child of all) {
      for (const value of child) expect(Math.abs(value - 10)).toBeLessThanOrEqual(20);
      expect(changedIn(child, corner).length).toBeGreaterThan(0);
    }
  });

  test('do not apply to images', () => expect(mutators['tabular-step'](domain([4, 4]), 1)).toBeUndefined());
});

describe('splices', () => {
  const size = 30;
  const input = Array.from({ length: size }, (_, at) => at);
  const partner = input.map((value) => 100 + value);
  const fromPartner = async (name: 'splice' | 'crossover', shape: readonly number[]) => {
    const given = domain(shape, [0, 200]);
    const mutator = applied(mutators[name](given, 1));
    const children = await childrenOf(mutator, given, { input, partner }, numbersOf(mutator, 1000));
    const isEither = (value: number, at: number) => value === input[at] || value === partner[at];
    expect(children.every((child) => child.every(isEither))).toBe(true);
    return children.map((child) => child.flatMap((value, at) => (value >= 100 ? [at] : [])));
  };

  test('splice takes a run of columns', async () => {
    const all = await fromPartner('splice', [size]);
    for (const places of all) expect((places.at(-1) ?? 0) - (places[0] ?? 0)).toBe(places.length - 1);
    expect(new Set(all.map(({ length }) => length)).size).toBe(size);
    expect(new Set(all.map(([first]) => first)).size).toBeGreaterThan(24);
  });

  test('of an image a rectangle', async () => {
    const all = await fromPartner('splice', [5, 6]);
    for (const places of all) {
      const [rows, columns] = [
        new Set(places.map((at) => Math.floor(at / 6))),
        new Set(places.map((at) => at % 6)),
      ];
      expect(places.length).toBe(rows.size * columns.size);
    }
    expect(new Set(all.map(({ length }) => length)).size).toBeGreaterThan(15);
  });

  test('crossover takes any elements, from one to all but one', async () => {
    const all = await fromPartner('crossover', [size]);
    const counts = all.map(({ length }) => length);
    expect([Math.min(...counts), Math.max(...counts)]).toEqual([1, size - 1]);
    for (let at = 0; at < size; at++)
      expect(all.filter((places) => places.includes(at)).length / 1000).toBeCloseTo(0.5, 0.7);
    expect(new Set(all.map(String)).size).toBeGreaterThan(900);
  });

  test('blend goes towards the partner, a little or nearly all the way', async () => {
    const given = domain([size], [0, 200]);
    const mutator = mutators.blend(given);
    const children = await childrenOf(mutator, given, { input, partner }, numbersOf(mutator, 1000));
    const shares = children.map((child) => (child[3] ?? 0) / 100 - 0.03);
    for (const [row, child] of children.entries())
      expect(child.every((value, at) => Math.abs(value - at - 100 * (shares[row] ?? 0)) < 1e-3)).toBe(true);
    expect([quantile(shares, 0) >= 1 / 64 - 1e-6, quantile(shares, 0.2) < 0.05]).toEqual([true, true]);
    expect([quantile(shares, 1) <= 1 + 1e-6, quantile(shares, 0.95) > 0.75]).toEqual([true, true]);
  });

  test('need two elements', () => {
    expect([mutators.splice(domain([1])), mutators.crossover(domain([1]), 1)]).toEqual([
      undefined,
      undefined,
    ]);
  });
});

describe('the dictionary', () => {
  /** A set takes -0 for 0. */
  const named = (value: number) => (Object.is(value, -0) ? '-0' : value);
  const valuesIn = async (box: readonly [number, number], count = 4000) => {
    const given = domain([16], box);
    const mutator = mutators.dictionary(given, 1);
    // A value that no dictionary has.
    const input = new Float32Array(16).fill(box[0] + 0.3 * (box[1] - box[0]));
    const children = await childrenOf(mutator, given, { input, box }, numbersOf(mutator, count), {});
    return {
      counts: children.map((child) => changedIn(child, input).length),
      values: new Set(children.flat().map(named)),
    };
  };

  test('has what float32 can hold, each once', () => {
    for (const value of specialValues) expect(Math.fround(value)).toBe(value);
    expect(new Set(specialValues.map(named)).size).toBe(specialValues.length);
    for (const value of [0, 1, -1, 2 ** -149, 2 ** -126, -(2 ** -126), 3.4028234663852886e38, 0.5, 1024])
      expect(specialValues).toContain(value);
  });

  test('puts in those that lie inside the box, and its ends', async () => {
    const { values } = await valuesIn([-2.5, 4.25]);
    const inside = specialValues.filter((value) => value > -2.5 && value < 4.25);
    for (const value of [...inside, -2.5, 4.25]) expect(values).toContain(named(value));
    // They, the ends, and the parent's own.
    expect(values.size).toBe(inside.length + 3);
  });

  test('in a box without any, its ends', async () => {
    expect((await valuesIn([0.3, 0.4])).values.size).toBe(3);
  });

  test('changes one element, some, or all', async () => {
    const { counts } = await valuesIn([-2.5, 4.25]);
    expect([Math.min(...counts), Math.max(...counts)]).toEqual([1, 16]);
    expect(counts.filter((count) => count === 1).length).toBeGreaterThan(500);
  });
});

test('corners: any elements at either end, all of them at one or mixed', async () => {
  const given = domain([20], [-1, 2]);
  const mutator = mutators.corners(given, 1);
  const input = new Float32Array(20).fill(0.5);
  const children = await childrenOf(mutator, given, { input, box: [-1, 2] }, numbersOf(mutator, 2000));
  const sides = children.map((child) => ({
    low: child.filter((value) => value === -1).length,
    high: child.filter((value) => value === 2).length,
    kept: child.filter((value) => value === 0.5).length,
  }));
  for (const { low, high, kept } of sides) expect(low + high + kept).toBe(20);
  const has = (low: boolean, high: boolean) =>
    sides.some((side) => side.kept === 0 && side.low > 0 === low && side.high > 0 === high);
  expect([has(true, false), has(false, true), has(true, true)]).toEqual([true, true, true]);
  expect(Math.max(...sides.map(({ kept }) => kept))).toBe(19);
});

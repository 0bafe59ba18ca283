// Laws that every mutator obeys on every kind of input.
import { describe, expect, test } from 'vitest';
import { createRng } from '../../../src/base/rng.js';
import type { Domain } from '../../../src/fuzz/domain.js';
import { withinLimits } from '../../../src/fuzz/limits.js';
import { mutators } from '../../../src/fuzz/mutators/index.js';
import type { CreateMutator } from '../../../src/fuzz/mutators/mutator.js';
import type { BoundedMutator } from '../../../src/fuzz/mutators/parts.js';
import { boxAt, drawn, type Family, gridOf, rowAt, type Scene, scene, scenes } from './grids.js';

type Case = Scene & { readonly mutator: BoundedMutator };

const columns = 64;
const table: Readonly<Record<string, CreateMutator>> = mutators;
const casesOf = (create: (domain: Domain, seed: number) => unknown): Case[] =>
  scenes.flatMap((given) => {
    const mutator = create(given.domain, 3) as BoundedMutator | undefined;
    return mutator === undefined ? [] : [{ ...given, mutator }];
  });

const parentsOf = ({ family, domain }: Scene): number => family.inputs.length / domain.size;

/** Some parents, in some order. */
const pickFamily = (family: Family, domain: Domain, rows: readonly number[]): Family => {
  const pick = (data: Float32Array) =>
    Float32Array.from(rows.flatMap((row) => [...rowAt(data, row, domain)]));
  return Object.fromEntries(
    Object.entries(family).map(([name, data]) => [name, pick(data)]),
  ) as unknown as Family;
};

describe.each(Object.entries(table))('%s', (name, create) => {
  const cases = casesOf(create);

  test('is called what the table calls it, and applies to something', () => {
    expect(cases.length).toBeGreaterThan(2);
    for (const { mutator } of cases) {
      expect(mutator.name).toBe(name);
      expect(mutator.bounds).toHaveLength(mutator.parameters);
    }
  });

  test('numbers stay inside their bounds and use them', () => {
    for (const { mutator } of cases) {
      const numbers = drawn(mutator, 4000, createRng(1));
      mutator.bounds.forEach(([least, most], at) => {
        const values = Array.from({ length: 4000 }, (_, row) => numbers[row * mutator.parameters + at] ?? 0);
        expect(Math.min(...values)).toBeGreaterThanOrEqual(Math.fround(least));
        expect(Math.max(...values)).toBeLessThanOrEqual(Math.fround(most));
        if (least < most) expect(new Set(values).size).toBeGreaterThan(1);
      });
    }
  });

  describe.each(cases)('$name', (given) => {
    const { mutator, domain, family } = given;
    const numbers = drawn(mutator, columns, createRng(5));

    test('children are finite; within the box most are not their parents', async () => {
      const raw = await (await gridOf(mutator, domain, family))(family, numbers);
      expect(raw).toHaveLength(parentsOf(given) * columns * domain.size);
      expect(raw.every(Number.isFinite)).toBe(true);
      const children = await (await gridOf(mutator, domain, family, { limits: {} }))(family, numbers);
      const changed = Array.from({ length: parentsOf(given) * columns }, (_, row) => {
        const parent = rowAt(family.inputs, Math.floor(row / columns), domain);
        return rowAt(children, row, domain).some((value, at) => value !== parent[at]);
      });
      expect(changed.filter(Boolean).length).toBeGreaterThan(0.6 * changed.length);
    });

    test('equal seeds and draws give equal children, other draws others', async () => {
      const twin = create(domain, 3);
      const run = await gridOf(mutator, domain, family);
      const again = twin && (await gridOf(twin, domain, family));
      expect(twin && drawn(twin, columns, createRng(5))).toEqual(numbers);
      expect(await again?.(family, numbers)).toEqual(await run(family, numbers));
      expect(await run(family, drawn(mutator, columns, createRng(6)))).not.toEqual(
        await run(family, numbers),
      );
    });

    test.each([{ oneBox: true }, { oneBox: false }])(
      'any child by itself is the one of the grid ($oneBox)',
      async ({ oneBox }) => {
        const options = { oneBox, limits: {} };
        const children = await (await gridOf(mutator, domain, family, options))(family, numbers);
        const rng = createRng(9);
        const picks = Array.from(
          { length: 23 },
          () => [rng.below(parentsOf(given)), rng.below(columns)] as const,
        );
        const numbersAt = (column: number) =>
          numbers.slice(column * mutator.parameters, (column + 1) * mutator.parameters);
        const expected = picks.flatMap(([row, column]) => [
          ...rowAt(children, row * columns + column, domain),
        ]);
        const single = await gridOf(mutator, domain, family, { ...options, perChild: true });
        const rows = pickFamily(
          family,
          domain,
          picks.map(([row]) => row),
        );
        const together = await single(
          rows,
          Float32Array.from(picks.flatMap(([, column]) => [...numbersAt(column)])),
        );
        expect([...together]).toEqual(expected);
        const alone = await gridOf(mutator, domain, family, options);
        for (const [row, column] of picks.slice(0, 5)) {
          const child = await alone(pickFamily(family, domain, [row]), numbersAt(column));
          expect(child).toEqual(rowAt(children, row * columns + column, domain));
        }
      },
    );
  });

  test('boxes as wide as float32 itself, and of width zero', async () => {
    const greatest = Math.fround(3.4028234e38);
    const shape = [1, 5, 6];
    for (const [least, most] of [
      [-greatest, greatest],
      [0.3, 0.3],
    ] as const) {
      const given = scene(`${least}`, shape, () => [Math.fround(least), Math.fround(most)]);
      const ends = given.family.inputs.map((value, at) => [value, least, most][at % 3] ?? 0);
      const family = { ...given.family, inputs: ends };
      const mutator = create(given.domain, 3) ?? create({ ...given.domain, image: undefined }, 3);
      if (mutator === undefined) throw new Error(`${name} applies to nothing`);
      const run = await gridOf(mutator, given.domain, family, { limits: {} });
      const children = await run(family, drawn(mutator, 256, createRng(2)));
      const box = boxAt(family, 0, given.domain);
      for (let row = 0; row < children.length / given.domain.size; row++) {
        const child = rowAt(children, row, given.domain);
        expect(withinLimits(child, child, {}, box)).toBe(true);
      }
    }
  });
});

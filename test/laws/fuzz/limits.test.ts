// Limits: whatever a mutator makes, and whatever the magnitudes, children are valid in real numbers.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../../src/base/rng.js';
import { type Limits, withinLimits } from '../../../src/fuzz/limits.js';
import { mutators } from '../../../src/fuzz/mutators/index.js';
import type { CreateMutator, Mutator } from '../../../src/fuzz/mutators/mutator.js';
import { Draw, flavours } from '../../helpers/draw.js';
import { holds } from '../../helpers/laws.js';
import { boxAt, drawn, type Family, gridOf, rowAt, type Scene, scene, scenes } from './grids.js';

const limitsOf = (unit: number): Readonly<Record<string, Limits>> => ({
  linf: { linfEpsilon: 0.1 * unit },
  l2: { l2Epsilon: 0.7 * unit },
  l1: { l1Epsilon: 1.5 * unit },
  l0: { l0Count: 3 },
  DeepHunter: { deepHunter: { alpha: 0.1, beta: 0.2, range: unit } },
  all: {
    linfEpsilon: 0.6 * unit,
    l2Epsilon: 2 * unit,
    l0Count: 40,
    deepHunter: { alpha: 0.1, beta: 0.3, range: unit },
  },
});

/** Rows that break the limits, or are no numbers. */
function invalid({ domain }: Scene, family: Family, children: Float32Array, limits: Limits): number[] {
  const rows = family.inputs.length / domain.size;
  const columns = children.length / family.inputs.length;
  return Array.from({ length: rows * columns }, (_, row) => row).filter((row) => {
    const parent = Math.floor(row / columns);
    const seed = rowAt(family.seeds, parent, domain);
    return !withinLimits(rowAt(children, row, domain), seed, limits, boxAt(family, parent, domain));
  });
}

/** The first child of every parent, as the parents of the next generation. */
const firstborn = ({ domain }: Scene, family: Family, children: Float32Array): Family => {
  const columns = children.length / family.inputs.length;
  const inputs = Float32Array.from(family.inputs, (_, at) => {
    const parent = Math.floor(at / domain.size);
    return children[parent * columns * domain.size + (at % domain.size)] ?? 0;
  });
  return { ...family, inputs };
};

const images = scenes[0] as Scene;
const tables = scenes[5] as Scene;
const cases = Object.entries<CreateMutator>(mutators).flatMap(([name, create]) =>
  [images, tables].flatMap((given) => {
    const mutator = create(given.domain, 3);
    return mutator === undefined ? [] : [{ name, kind: given.name, given, mutator }];
  }),
);

describe.each(cases)('$name of $kind', ({ given, mutator }) => {
  test.each(Object.entries(limitsOf(given === images ? 1 : 10)))(
    'two generations keep %s',
    async (_name, limits) => {
      const seeds = { ...given.family, inputs: given.family.seeds };
      const run = await gridOf(mutator, given.domain, seeds, { limits });
      const first = await run(seeds, drawn(mutator, 48, createRng(1)));
      expect(invalid(given, seeds, first, limits)).toEqual([]);
      const parents = firstborn(given, seeds, first);
      const second = await run(parents, drawn(mutator, 48, createRng(2)));
      expect(invalid(given, parents, second, limits)).toEqual([]);
    },
  );
});

/** Children as they are given, to be seen by the limits alone. */
const given = (size: number, shape: readonly number[]): Mutator => ({
  name: 'given',
  parameters: size,
  drawn: 'per child',
  draw: () => {},
  encode: (p, _parents, parameters) => p.reshape(parameters, [...parameters.shape.slice(0, 2), ...shape]),
});

test('seeds, boxes, children and distances of every magnitude', () =>
  holds(
    fc.record({ seed: fc.nat(1e6), flavour: fc.constantFrom(...flavours) }),
    async ({ seed, flavour }) => {
      const draw = new Draw(seed);
      const shape = draw.pick([[5], [2, 3, 4], [40]]);
      const size = shape.reduce((product, dim) => product * dim, 1);
      const base = scene('any', shape, () => [0, 1]);
      const boxes = draw.boxes(5, shape, flavour);
      const [lower, upper] = [boxes.lower.data, boxes.upper.data];
      const inside = (at: number) => {
        const [least, most] = [lower[at] ?? 0, upper[at] ?? 0];
        return draw.pick([least, most, Math.min(Math.max(least / 2 + most / 2, least), most)]);
      };
      const seeds = Float32Array.from(lower, (_, at) => inside(at));
      const family = { inputs: seeds, partners: seeds, seeds, lower, upper };
      const epsilon = () => Math.abs(draw.number(flavour)) * 2 ** -draw.int(0, 30);
      const limits: Limits = {
        ...(draw.flag() && { linfEpsilon: epsilon() }),
        ...(draw.flag() && { l2Epsilon: epsilon() }),
        ...(draw.flag() && { l1Epsilon: epsilon() }),
        ...(draw.int(0, 3) === 0 && { l0Count: draw.int(0, size) }),
        ...(draw.int(0, 3) === 0 && { deepHunter: { alpha: draw.uniform(), beta: 0.3, range: epsilon() } }),
      };
      const wanted = Float32Array.from({ length: 12 * 5 * size }, (_, at) =>
        draw.pick([
          draw.number(flavour),
          lower[at % lower.length] ?? 0,
          seeds[at % seeds.length] ?? 0,
          Infinity,
          -Infinity,
        ]),
      );
      const run = await gridOf(given(size, shape), base.domain, family, { limits, perChild: true });
      expect(invalid(base, family, await run(family, wanted), limits)).toEqual([]);
    },
    100,
  ));

test('l2 of many elements, at lengths around the limit: what the norm rounds away counts', async () => {
  const size = 4096;
  const base = scene('any', [size], () => [-1, 1]);
  const seeds = new Float32Array(5 * size);
  const family = { ...base.family, inputs: seeds, partners: seeds, seeds };
  const rng = createRng(3);
  const wanted = Float32Array.from({ length: 40 * 5 * size }, () => rng.uniform());
  for (let row = 0; row < 200; row++) {
    const child = rowAt(wanted, row, base.domain);
    const length = Math.sqrt(child.reduce((sum, value) => sum + value * value, 0));
    const scale = (1 + (row - 100) * 1e-8) / length;
    child.forEach((value, at) => {
      child[at] = value * scale;
    });
  }
  const limits = { l2Epsilon: 1 };
  const run = await gridOf(given(size, [size]), base.domain, family, { limits, perChild: true });
  expect(invalid(base, family, await run(family, wanted), limits)).toEqual([]);
});

describe('limits take no more than they must', () => {
  const { domain, family } = images;
  const zeroed = { ...family, inputs: family.seeds };
  const distance = async (mutator: Mutator, limits: Limits, norm: (changes: number[]) => number) => {
    const run = await gridOf(mutator, domain, zeroed, { limits });
    const children = await run(zeroed, drawn(mutator, 200, createRng(4)));
    return Array.from({ length: 1000 }, (_, row) => {
      const seed = rowAt(family.seeds, Math.floor(row / 200), domain);
      return norm([...rowAt(children, row, domain)].map((value, at) => Math.abs(value - (seed[at] ?? 0))));
    }).sort((a, b) => a - b);
  };
  const greatest = (changes: number[]) => Math.max(...changes);
  const euclidean = (changes: number[]) => Math.hypot(...changes);
  const count = (changes: number[]) => changes.filter((change) => change !== 0).length;

  test('linf: corners reach it to within an ulp', async () => {
    const all = await distance(mutators.corners(domain, 1), { linfEpsilon: 0.1 }, greatest);
    expect(all.at(-1)).toBeGreaterThan(0.1 * (1 - 2e-6));
    expect(all[500]).toBeGreaterThan(0.09);
  });

  test('l2: noise is drawn to 0.9999 of it, where it was farther', async () => {
    const all = await distance(mutators.noise(domain, 1), { l2Epsilon: 0.5 }, euclidean);
    expect(all.at(-1)).toBeGreaterThan(0.5 * 0.9999);
    expect(all[300]).toBeGreaterThan(0.5 * 0.9999);
  });

  test('l0: what changes too many elements is undone, what changes few stays', async () => {
    const sparse = mutators['sparse-noise'](domain, 1);
    const all = await distance(sparse, { l0Count: 4 }, count);
    expect([all[0], all.at(-1)]).toEqual([0, 4]);
    expect(all.filter((changed) => changed > 0).length).toBeGreaterThan(400);
  });

  test('DeepHunter: few elements by any amount, or many by a little', async () => {
    const deepHunter = { alpha: 0.02, beta: 0.2, range: 1 };
    // 0.02 x 144 = 2.88 elements: at most 2.
    const sparse = mutators['sparse-noise'](domain, 1);
    const run = async (norm: typeof greatest) => distance(sparse, { deepHunter }, norm);
    expect((await run(greatest)).at(-1)).toBeGreaterThan(0.3);
    expect((await run(count)).at(-1)).toBeGreaterThan(3);
    const all = await distance(mutators.noise(domain, 1), { deepHunter }, greatest);
    expect(all.at(-1)).toBeLessThanOrEqual(0.2);
    expect(all.filter((change) => change > 0).length).toBeGreaterThan(200);
  });
});

describe('whole numbers', () => {
  test('are whole in children, whatever was made', async () => {
    const { domain, family } = tables;
    const run = await gridOf(mutators.noise(domain, 1), domain, family, { limits: { l2Epsilon: 30 } });
    const children = await run(family, drawn(mutators.noise(domain, 1), 100, createRng(1)));
    children.forEach((value, at) => {
      if (domain.integer?.[at % domain.size] === 1) expect(Number.isInteger(value)).toBe(true);
    });
    expect(children.some((value) => !Number.isInteger(value))).toBe(true);
  });
});

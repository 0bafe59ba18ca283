// Laws that every mutator obeys, and what each is supposed to do.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../../src/base/rng.js';
import { sizeOf } from '../../../src/base/shape.js';
import { float32, type Tensor, zeros } from '../../../src/base/tensor.js';
import { makeBatch } from '../../../src/fuzz/batches.js';
import { Corpus } from '../../../src/fuzz/corpus.js';
import { mutators } from '../../../src/fuzz/mutators/index.js';
import type { Mutator } from '../../../src/fuzz/mutators/mutator.js';
import { objectives } from '../../../src/fuzz/objectives/index.js';
import { compileScreening } from '../../../src/fuzz/screening.js';
import type { InputSet } from '../../../src/policy/input-set.js';
import { Draw, flavours } from '../../helpers/draw.js';
import { holds } from '../../helpers/laws.js';
import { inline } from '../../helpers/programs.js';
import { randomTensor, typed, unitSet } from '../../unit/fuzz/networks.js';

/** Children of the given seeds, one per entry. */
async function childrenOf(set: InputSet, mutator: Mutator, entries: Int32Array, seed = 1) {
  const model = await typed(['batch', ...set.shape], [['Flatten', ['x'], 'y']]);
  const targets = new Int32Array(set.lower.shape[0] ?? 0);
  const parts = { encode: objectives.finite(model), criteria: [], mutator, set, targets, batched: true };
  const screening = await compileScreening(parts, inline);
  const corpus = new Corpus(set.size);
  const count = set.seeds.shape[0] ?? 0;
  for (let at = 0; at < count; at++)
    corpus.add(set.seeds.data.subarray(at * set.size, (at + 1) * set.size), at);
  const batch = makeBatch(corpus, entries, mutator, createRng(seed));
  const shared = screening.share(corpus, {});
  const { data } = await screening.children(batch, shared);
  shared.release();
  return data;
}

/** Seeds anywhere in boxes of any kind, on the bounds too. */
function drawnSet(draw: Draw, flavour: (typeof flavours)[number]): InputSet {
  const shape = draw.ints(draw.int(1, 3), 1, 4);
  const [count, size] = [draw.int(1, 4), sizeOf(shape)];
  const boxes = draw.boxes(count, shape, flavour);
  const pick = (at: number) => {
    const [least, most] = [boxes.lower.data[at] ?? 0, boxes.upper.data[at] ?? 0];
    return draw.pick([least, most, Math.min(Math.max(least / 2 + most / 2, least), most)]);
  };
  const instances = Int32Array.from({ length: count }, (_, at) => at);
  const seeds = float32(
    Float32Array.from({ length: count * size }, (_, at) => pick(at)),
    [count, ...shape],
  );
  return { shape, size, ...boxes, seeds, instanceOf: instances, rowOf: instances };
}

const outside = (set: InputSet, children: Float32Array, entries: Int32Array): number[] =>
  [...children].filter((value, at) => {
    const box = (entries[Math.floor(at / set.size)] ?? 0) * set.size + (at % set.size);
    return !(value >= (set.lower.data[box] ?? 0) && value <= (set.upper.data[box] ?? 0));
  });

describe.each(Object.entries(mutators))('%s', (_name, create) => {
  test('children lie in the boxes of their instances, to the last bit', () =>
    holds(
      fc.record({ draw: fc.nat(1e6), flavour: fc.constantFrom(...flavours) }),
      async ({ draw, flavour }) => {
        const set = drawnSet(new Draw(draw), flavour);
        const entries = Int32Array.from({ length: 64 }, (_, at) => at % (set.seeds.shape[0] ?? 1));
        const children = await childrenOf(set, create(draw, set.shape), entries);
        expect(outside(set, children, entries)).toEqual([]);
      },
    ));

  test('boxes as wide as float32 itself, and of width zero', async () => {
    const greatest = Math.fround(3.4028234e38);
    const set = unitSet(zeros('float32', [1, 64]), true, [-greatest, greatest]);
    const entries = new Int32Array(2048);
    const children = await childrenOf(set, create(3, set.shape), entries);
    expect(outside(set, children, entries)).toEqual([]);
    const point = unitSet(float32(new Float32Array(4).fill(0.3), [1, 4]), true, [
      Math.fround(0.3),
      Math.fround(0.3),
    ]);
    expect(new Set(await childrenOf(point, create(3, point.shape), new Int32Array(8)))).toEqual(
      new Set([Math.fround(0.3)]),
    );
  });

  test('equal seeds and draws give equal children, others do not', async () => {
    const set = unitSet(randomTensor([4, 5], 1), true);
    const run = (seed: number, draws: number) =>
      childrenOf(set, create(seed, set.shape), Int32Array.of(0, 1, 2, 3), draws);
    expect(await run(1, 1)).toEqual(await run(1, 1));
    expect(await run(1, 1)).not.toEqual(await run(2, 1));
    expect(await run(1, 1)).not.toEqual(await run(1, 2));
  });
});

describe('noise', () => {
  const differences = async (rows: number, size: number): Promise<number[]> => {
    const seeds: Tensor<'float32'> = zeros('float32', [1, size]);
    return [...(await childrenOf(unitSet(seeds, true), mutators.noise(1, [size]), new Int32Array(rows)))];
  };

  test('changes both ways alike, by at most half of the width, mostly by much less', async () => {
    const all = await differences(2048, 16);
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    const sizes = all.map(Math.abs).sort((a, b) => a - b);
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(sizes.at(-1)).toBeLessThanOrEqual(1);
    expect(sizes.at(-1)).toBeGreaterThan(0.8);
    expect(sizes[sizes.length / 2]).toBeGreaterThan(0.05);
    expect(sizes[sizes.length / 2]).toBeLessThan(0.3);
  });

  test('elements of one child change independently', async () => {
    const all = await differences(4096, 2);
    let product = 0;
    for (let at = 0; at < all.length; at += 2) product += (all[at] ?? 0) * (all[at + 1] ?? 0);
    const square = all.reduce((sum, value) => sum + value * value, 0) / 2;
    expect(Math.abs(product / square)).toBeLessThan(0.06);
  });

  test('draws cover the whole table', () => {
    const { draw, parameters } = mutators.noise(1, [64]);
    const rng = createRng(3);
    const [row, seen] = [new Float32Array(parameters), new Set<number>()];
    for (let at = 0; at < 40_000; at++) {
      draw(row, 0, rng);
      for (const value of row) seen.add(value);
    }
    expect([Math.min(...seen), Math.max(...seen), seen.size]).toEqual([0, 4095, 4096]);
  });

  test('children of one parent are distinct', async () => {
    const all = await differences(2048, 8);
    const texts = Array.from({ length: 2048 }, (_, row) => all.slice(8 * row, 8 * row + 8).join());
    expect(new Set(texts).size).toBeGreaterThan(2040);
  });
});

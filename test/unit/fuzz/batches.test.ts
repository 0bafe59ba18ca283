import { expect, test } from 'vitest';
import { createRng } from '../../../src/base/rng.js';
import {
  joinedBatches,
  makeBatch,
  mutationFeeds,
  parametersOf,
  perRow,
  rowFeeds,
  rowsOf,
  singleChildren,
} from '../../../src/fuzz/batches.js';
import { Corpus, seedLineage } from '../../../src/fuzz/corpus.js';
import type { Mutator } from '../../../src/fuzz/mutators/mutator.js';
import { randomTensor, unitSet } from './networks.js';

let drawn = 0;
const counting = (how: Mutator['drawn']): Mutator => ({
  name: 'counting',
  parameters: 2,
  drawn: how,
  draw: (parameters, at) => {
    parameters[at] = ++drawn;
    parameters[at + 1] = -drawn;
  },
  encode: (_p, { inputs }) => inputs,
});

const set = unitSet(randomTensor([2, 3], 1), true);
const corpus = new Corpus(3);
for (const [value, seed] of [
  [0, 0],
  [1, 1],
  [2, 1],
] as const)
  corpus.add(Float32Array.of(value, value, value), seed, seedLineage);
const make = (entries: number[], columns: number, how: Mutator['drawn'] = 'per child') => {
  drawn = 0;
  return makeBatch(corpus, Int32Array.from(entries), columns, counting(how), createRng(1));
};

test('a grid of the entries asked for, with the seed of each, and numbers of every child', () => {
  const batch = make([2, 0, 2], 2);
  expect([rowsOf(batch), ...batch.seeds]).toEqual([6, 1, 0, 1]);
  expect([...batch.parents]).toEqual([2, 0, 2]);
  expect([...batch.parameters]).toEqual([1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6]);
  expect([...parametersOf(batch, 4)]).toEqual([5, -5]);
});

test('numbers of every column', () => {
  const batch = make([2, 0, 2], 2, 'per column');
  expect([...batch.parameters]).toEqual([1, -1, 2, -2]);
  expect([0, 1, 4, 5].map((row) => parametersOf(batch, row)[0])).toEqual([1, 2, 1, 2]);
});

test('partners are mostly of the same seed', () => {
  const { partners } = make(new Array(300).fill(1), 1);
  const kin = [...partners].filter((partner) => corpus.seedOf(partner) === 1).length;
  // Four draws, each of them kin in two of three cases.
  expect(kin).toBeGreaterThan(0.96 * 300);
  expect(new Set(partners).size).toBeGreaterThan(1);
});

test('what the programs read', () => {
  const batch = make([2, 0], 3, 'per column');
  const reads = new Set(['inputs', 'partners', 'seed', 'instance', 'parameters']);
  const feeds = mutationFeeds(batch, corpus, set, reads);
  expect(feeds.inputs).toMatchObject({ shape: [2, 1, 3], data: Float32Array.of(2, 2, 2, 0, 0, 0) });
  const partners = [...batch.partners].flatMap((partner) => [...corpus.input(partner)]);
  expect(feeds.partners).toMatchObject({ shape: [2, 1, 3], data: Float32Array.from(partners) });
  expect(feeds.seed).toMatchObject({ dtype: 'int32', shape: [2], data: Int32Array.of(1, 0) });
  expect(feeds.instance).toMatchObject({ dtype: 'int32', shape: [2], data: Int32Array.of(1, 0) });
  expect(feeds.parameters).toMatchObject({ shape: [1, 3, 2], data: batch.parameters });
  expect(mutationFeeds(make([2, 0], 3), corpus, set, reads).parameters?.shape).toEqual([2, 3, 2]);
  const rows = rowFeeds(batch, set, Int32Array.of(7, 8));
  expect(rows.target).toMatchObject({ dtype: 'int32', data: Int32Array.of(8, 8, 8, 7, 7, 7) });
  expect(rows.parent).toMatchObject({ dtype: 'int32', data: Int32Array.of(0, 0, 0, 1, 1, 1) });
});

test('what no program reads is not made', () => {
  expect(Object.keys(mutationFeeds(make([0], 1), corpus, set, new Set(['parameters'])))).toEqual([
    'parameters',
  ]);
});

test('feeds may be given away: the batch keeps its own arrays', () => {
  const batch = make([2, 0], 1);
  const feeds = mutationFeeds(batch, corpus, set, new Set(['inputs', 'seed', 'instance', 'parameters']));
  const mine = [batch.parents, batch.partners, batch.seeds, batch.parameters, corpus.inputs, set.instanceOf];
  for (const { data, expendable } of Object.values(feeds))
    if (expendable) for (const array of mine) expect((data as Float32Array).buffer).not.toBe(array.buffer);
});

test.each(['per child', 'per column'] as const)(
  'single children keep all that belongs to them (%s)',
  (how) => {
    const batch = make([0, 1, 2], 2, how);
    const single = singleChildren(batch, [5, 0, 4]);
    expect([single.columns, rowsOf(single), single.mutator.drawn]).toEqual([1, 3, 'per child']);
    expect([...single.parents]).toEqual([2, 0, 2]);
    expect([...single.seeds]).toEqual([1, 0, 1]);
    expect([...single.partners]).toEqual([2, 0, 2].map((parent) => batch.partners[parent]));
    expect([...single.parameters]).toEqual(
      how === 'per child' ? [6, -6, 1, -1, 5, -5] : [2, -2, 1, -1, 1, -1],
    );
  },
);

test('single children of several batches are joined in order', () => {
  const [a, b] = [singleChildren(make([0, 1, 2], 2), [5, 0]), singleChildren(make([2, 0], 1), [1])];
  const all = joinedBatches([a, b]);
  expect([rowsOf(all), all.columns]).toEqual([3, 1]);
  for (const part of ['parents', 'partners', 'seeds', 'parameters'] as const)
    expect([...all[part]]).toEqual([...a[part], ...b[part]]);
  expect(() => joinedBatches([])).toThrow(RangeError);
});

test('a number per parent as one per row', () => {
  expect([...perRow(Int32Array.of(4, 5), 3)]).toEqual([4, 4, 4, 5, 5, 5]);
});

import { expect, test } from 'vitest';
import { createRng } from '../../../src/base/rng.js';
import { makeBatch, mutationFeeds, selectRows, targetFeed } from '../../../src/fuzz/batches.js';
import { Corpus } from '../../../src/fuzz/corpus.js';
import type { Mutator } from '../../../src/fuzz/mutators/mutator.js';
import { randomTensor, unitSet } from './networks.js';

let drawn = 0;
const mutator: Mutator = {
  name: 'counting',
  parameters: 2,
  draw: (parameters, at) => {
    parameters[at] = ++drawn;
    parameters[at + 1] = -drawn;
  },
  encode: (_p, { inputs }) => inputs,
};

const set = unitSet(randomTensor([2, 3], 1), true);
const corpus = new Corpus(3);
for (const seed of [0, 1, 1]) corpus.add(Float32Array.of(seed, seed, seed), seed);
const make = (...entries: number[]) => {
  drawn = 0;
  return makeBatch(corpus, Int32Array.from(entries), mutator, createRng(1));
};

test('rows are the entries asked for, with the seed and parameters of each', () => {
  const { rows, seeds, entries, parameters } = make(2, 0, 2);
  expect([rows, ...seeds]).toEqual([3, 1, 0, 1]);
  expect([...entries]).toEqual([2, 0, 2]);
  expect([...parameters]).toEqual([1, -1, 2, -2, 3, -3]);
});

test('what the programs read', () => {
  const batch = make(2, 0, 2);
  expect(mutationFeeds(batch, set)).toEqual({
    entry: { dtype: 'int32', shape: [3], data: Int32Array.of(2, 0, 2) },
    parameters: { dtype: 'float32', shape: [3, 2], data: batch.parameters },
    instance: { dtype: 'int32', shape: [3], data: Int32Array.of(1, 0, 1) },
  });
  expect(targetFeed(batch, set, Int32Array.of(7, 8)).target?.data).toEqual(Int32Array.of(8, 7, 8));
});

test('one box for all needs no instances', () => {
  const feeds = mutationFeeds(make(0), unitSet(randomTensor([2, 3], 1), false));
  expect(Object.keys(feeds)).toEqual(['entry', 'parameters']);
});

test('selected rows keep all that belongs to them', () => {
  expect(selectRows(make(0, 1, 2), [2, 0])).toEqual({
    rows: 2,
    seeds: Int32Array.of(1, 0),
    entries: Int32Array.of(2, 0),
    parameters: Float32Array.of(3, -3, 1, -1),
  });
});

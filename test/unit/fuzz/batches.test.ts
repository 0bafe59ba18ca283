import { expect, test } from 'vitest';
import { createRng } from '../../../src/base/rng.js';
import { makeBatch } from '../../../src/fuzz/batches.js';
import { Corpus } from '../../../src/fuzz/corpus.js';
import type { Mutator } from '../../../src/fuzz/mutators/mutator.js';
import { randomTensor, unitSet } from './networks.js';

const mutator: Mutator = {
  name: 'counting',
  parameters: 2,
  draw: (parameters, at, rng) => {
    parameters[at] = at;
    parameters[at + 1] = rng.below(2);
  },
  encode: (_p, { inputs }) => inputs,
};

const set = unitSet(randomTensor([2, 3], 1), true);
const corpus = new Corpus(3);
corpus.add(Float32Array.of(1, 1, 1), 0);
corpus.add(Float32Array.of(2, 2, 2), 1);
corpus.add(Float32Array.of(3, 3, 3), 1);
const make = (entries: number[], boxes = set) =>
  makeBatch(boxes, Int32Array.of(7, 8), corpus, Int32Array.from(entries), mutator, createRng(1));

test('rows are the entries asked for, with seed, instance and class of each', () => {
  const { rows, seeds, feeds } = make([2, 0, 2]);
  expect([rows, ...seeds]).toEqual([3, 1, 0, 1]);
  expect(feeds.parents).toMatchObject({
    shape: [3, 3],
    data: Float32Array.of(3, 3, 3, 1, 1, 1, 3, 3, 3),
  });
  expect(feeds.instance).toMatchObject({ dtype: 'int32', shape: [3], data: Int32Array.of(1, 0, 1) });
  expect(feeds.target).toMatchObject({ dtype: 'int32', shape: [3], data: Int32Array.of(8, 7, 8) });
});

test('each row has its own parameters', () => {
  const { feeds } = make([0, 1, 2]);
  expect(feeds.parameters).toMatchObject({ shape: [3, 2] });
  const data = Array.from(feeds.parameters?.data ?? [], Number);
  expect([data[0], data[2], data[4]]).toEqual([0, 2, 4]);
});

test('one box for all needs no instances', () => {
  expect(Object.keys(make([0], unitSet(randomTensor([2, 3], 1), false)).feeds)).not.toContain('instance');
});

test('a batch does not change when the corpus does', () => {
  const growing = new Corpus(3, 1);
  growing.add(Float32Array.of(1, 2, 3), 0);
  const batch = makeBatch(set, Int32Array.of(0, 0), growing, Int32Array.of(0), mutator, createRng(1));
  growing.add(Float32Array.of(9, 9, 9), 0);
  growing.inputs.fill(0);
  expect(batch.feeds.parents?.data).toEqual(Float32Array.of(1, 2, 3));
});

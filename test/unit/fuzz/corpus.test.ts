import { expect, test } from 'vitest';
import { Corpus, type Lineage, seedLineage } from '../../../src/fuzz/corpus.js';

const lineage = (at: number): Lineage => ({ parent: at - 1, by: 'noise', parameters: [at], executions: at });

test('keeps every input and how it came about, in order, through many enlargements', () => {
  const corpus = new Corpus(3, 2);
  for (let at = 0; at < 100; at++) corpus.add(Float32Array.of(at, -at, 0.5), 1000 + at, lineage(at));
  expect(corpus.size).toBe(100);
  expect(corpus.inputs).toHaveLength(300);
  expect([...corpus.inputs.subarray(3 * 57, 3 * 58)]).toEqual([57, -57, 0.5]);
  expect([...corpus.input(57)]).toEqual([57, -57, 0.5]);
  expect([...corpus.seeds]).toEqual(Array.from({ length: 100 }, (_, at) => 1000 + at));
  expect(corpus.seedOf(99)).toBe(1099);
  expect(corpus.lineageOf(99)).toEqual(lineage(99));
});

test('copies what it is given', () => {
  const corpus = new Corpus(2);
  const input = Float32Array.of(1, 2);
  corpus.add(input, 0, seedLineage);
  input.fill(9);
  expect([...corpus.inputs]).toEqual([1, 2]);
});

test('shows what it holds and no spare room', () => {
  const corpus = new Corpus(4, 64);
  expect([corpus.inputs.length, corpus.seeds.length]).toEqual([0, 0]);
});

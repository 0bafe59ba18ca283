import { expect, test } from 'vitest';
import { createRng } from '../../../src/base/rng.js';
import { Corpus } from '../../../src/fuzz/corpus.js';
import { createScheduler } from '../../../src/fuzz/scheduler.js';

const seeds = 10;

/** Discovery number i descends from seed `origins[i]`. */
function corpusWith(origins: readonly number[]): Corpus {
  const corpus = new Corpus(1);
  for (let seed = 0; seed < seeds; seed++) corpus.add(Float32Array.of(seed), seed);
  for (const origin of origins) corpus.add(Float32Array.of(-1), origin);
  return corpus;
}

function draws(corpus: Corpus, count: number, isOpen: (seed: number) => boolean = () => true): number[] {
  const scheduler = createScheduler(corpus, seeds, isOpen);
  const rng = createRng(5);
  return Array.from({ length: count }, () => scheduler.next(rng));
}

const times = (entries: readonly number[], corpus: Corpus, seed: number): number =>
  entries.filter((entry) => corpus.seeds[entry] === seed).length;

test('without discoveries the seeds take turns', () => {
  expect(draws(corpusWith([]), 12)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
});

test('every open seed gets its share, however many discoveries one of them has made', () => {
  const corpus = corpusWith(new Array(200).fill(3));
  const entries = draws(corpus, 10_000);
  for (let seed = 0; seed < seeds; seed++)
    expect(times(entries, corpus, seed)).toBeGreaterThan(0.9 * (10_000 / (2 * seeds)));
});

test('half of the turns go to the 64 latest discoveries, evenly', () => {
  const corpus = corpusWith(new Array(200).fill(3));
  const discoveries = draws(corpus, 20_000).filter((entry) => entry >= seeds);
  expect(discoveries.length).toBeGreaterThan(9_600);
  expect(discoveries.length).toBeLessThan(10_400);
  expect(Math.min(...discoveries)).toBe(seeds + 200 - 64);
  for (let at = 146; at < 210; at++) {
    const chosen = discoveries.filter((entry) => entry === at).length;
    expect(chosen).toBeGreaterThan(100);
    expect(chosen).toBeLessThan(220);
  }
});

test('closed seeds and what descends from them get nothing', () => {
  const corpus = corpusWith([3, 3, 4, 3]);
  const entries = draws(corpus, 2_000, (seed) => seed === 4 || seed === 9);
  expect(new Set(entries.map((entry) => corpus.seeds[entry]))).toEqual(new Set([4, 9]));
  expect(times(entries, corpus, 9)).toBeGreaterThan(600);
});

test('a seed that closes is passed over from then on', () => {
  const open = new Set(Array.from({ length: seeds }, (_, seed) => seed));
  const scheduler = createScheduler(corpusWith([]), seeds, (seed) => open.has(seed));
  const rng = createRng(1);
  const next = () => scheduler.next(rng);
  expect([next(), next()]).toEqual([0, 1]);
  open.delete(2);
  expect([next(), next()]).toEqual([3, 4]);
});

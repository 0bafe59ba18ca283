// The corpus of a campaign from run to run: what each run's fuzzer holds, and where that stands on disk.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { float32 } from '../../../../src/base/tensor.js';
import { loadCorpus } from '../../../../src/cli/corpus/load.js';
import type { Campaign } from '../../../../src/cli/fuzz/campaign.js';
import { type CampaignStore, openStore } from '../../../../src/cli/fuzz/store.js';
import type { FuzzCommandOptions, Io } from '../../../../src/cli/options.js';
import { Corpus, seedLineage } from '../../../../src/fuzz/corpus.js';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'marauder-store-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

/** One instance and one seed per row, each with the value of its row, and mutants up to 9 above it. */
function campaignOf(rows: readonly number[]): Campaign {
  const set = {
    shape: [1],
    size: 1,
    seeds: float32(rows, [rows.length, 1]),
    instanceOf: rows.map((_, at) => at),
    rowOf: rows,
    lower: float32(rows, [rows.length, 1]),
    upper: float32(
      rows.map((row) => row + 9),
      [rows.length, 1],
    ),
  };
  return {
    name: 'small',
    models: [],
    objectives: new Map([['finite', {}]]),
    subject: { set },
    target: { set, limits: {}, domain: { integer: [] } },
  } as unknown as Campaign;
}

const open = (rows: readonly number[], fresh = false): CampaignStore =>
  openStore(
    campaignOf(rows),
    1,
    { outputDir: 'out', fresh } as FuzzCommandOptions,
    { cwd, clock: () => 0 } as Io,
  );

/** As the fuzzer begins: the seeds, then what it is given. */
function corpusOf(rows: readonly number[], { kept }: CampaignStore): Corpus {
  const corpus = new Corpus(1);
  for (const [seed, row] of rows.entries()) corpus.add(Float32Array.of(row), seed, seedLineage);
  for (const { input, seed, lineage } of kept) corpus.add(input, seed, lineage);
  return corpus;
}

const mutantOf = (corpus: Corpus, parent: number, value: number): void => {
  corpus.add(Float32Array.of(value), corpus.seedOf(parent), {
    parent,
    by: 'noise',
    parameters: [],
    executions: 1,
  });
};

/** Values of all entries on disk, each with that of its parent. */
const onDisk = () => {
  const { entries } = loadCorpus(join(cwd, 'out/fuzz/small/corpus'));
  return entries.map(({ input, lineage }) => [input[0], entries[lineage.parent]?.input[0]]);
};

function firstRun(): void {
  const store = open([10, 20]);
  const corpus = corpusOf([10, 20], store);
  store.save(corpus, 0);
  mutantOf(corpus, 1, 21);
  mutantOf(corpus, 2, 22);
  store.save(corpus, 5);
  store.close(7);
}

const first = [
  [10, undefined],
  [20, undefined],
  [21, 20],
  [22, 21],
];

test('a first run', () => {
  firstRun();
  expect(onDisk()).toEqual(first);
});

test('the same seeds: what was kept follows them, at the same places', () => {
  firstRun();
  const store = open([10, 20]);
  expect(store.before).toEqual({ executions: 7, runs: 1 });
  expect(store.kept.map(({ input, seed, lineage }) => [input[0], seed, lineage.parent])).toEqual([
    [21, 1, 1],
    [22, 1, 2],
  ]);
  const corpus = corpusOf([10, 20], store);
  store.save(corpus, 0);
  mutantOf(corpus, 3, 23);
  mutantOf(corpus, 0, 11);
  store.save(corpus, 5);
  store.close(5);
  expect(onDisk()).toEqual([...first, [23, 22], [11, 10]]);
});

test('other seeds: what descends from rows that are gone stays on disk alone', () => {
  firstRun();
  const store = open([30, 20]);
  const corpus = corpusOf([30, 20], store);
  expect(store.kept.map(({ seed }) => seed)).toEqual([1, 1, 1]);
  store.save(corpus, 0);
  const grandchild = Array.from({ length: corpus.size }, (_, at) => at).find(
    (at) => corpus.input(at)[0] === 22,
  );
  mutantOf(corpus, grandchild ?? -1, 23);
  mutantOf(corpus, 0, 31);
  store.save(corpus, 5);
  store.close(5);
  const entries = onDisk();
  expect(entries.slice(0, 4)).toEqual(first);
  expect(entries).toContainEqual([23, 22]);
  expect(entries).toContainEqual([31, 30]);
});

test('--fresh sets it aside, as often as need be', () => {
  firstRun();
  for (const number of [1, 2]) {
    const store = open([10, 20], true);
    expect(store.kept).toEqual([]);
    expect(store.notes).toEqual([expect.stringContaining(`corpus-${number}`)]);
    store.save(corpusOf([10, 20], store), 0);
    store.close(1);
  }
  expect(existsSync(join(cwd, 'out/fuzz/small/corpus-2'))).toBe(true);
});

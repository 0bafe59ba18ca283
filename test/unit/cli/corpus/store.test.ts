// A corpus folder: what was appended is there again, whatever ended the run.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { entriesOf } from '../../../../src/cli/corpus/entry.js';
import { loadCorpus } from '../../../../src/cli/corpus/load.js';
import { openCorpusFolder } from '../../../../src/cli/corpus/store.js';
import { Corpus, seedLineage } from '../../../../src/fuzz/corpus.js';
import { corpusMeta, numberedEntries } from '../../../helpers/corpora.js';

let folder = '';
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'marauder-corpus-')), 'corpus');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));
const file = (name: string) => join(folder, name);

test('many runs in a row: entries, totals and names add up', () => {
  for (let run = 0; run < 4; run++) {
    const store = openCorpusFolder(folder, corpusMeta());
    expect(store.entries).toEqual(numberedEntries(0, 10 * run));
    expect(store.before).toEqual({ executions: 1000 * run, runs: run });
    for (let round = 0; round < 5; round++)
      store.append(numberedEntries(10 * run + 2 * round, 10 * run + 2 * round + 2));
    store.checkpoint({ executions: 400 });
    store.checkpoint({ executions: 1000 });
    store.close();
  }
  const { manifest, entries, archived } = loadCorpus(folder);
  expect(entries).toEqual(numberedEntries(0, 40));
  expect(archived).toBe(40);
  expect(manifest.mutators.toSorted()).toEqual(['bläur', 'noise', 'seed', 'splice']);
  expect(manifest).toMatchObject({ executions: 4000, runs: 4, shape: [2, 3] });
});

test('without close, entries come from the journal; opening again folds it', () => {
  openCorpusFolder(folder, corpusMeta()).append(numberedEntries(0, 9));
  expect(loadCorpus(folder)).toMatchObject({ archived: 0, notes: [] });
  const again = openCorpusFolder(folder, corpusMeta());
  expect(again.entries).toEqual(numberedEntries(0, 9));
  expect(loadCorpus(folder)).toMatchObject({ archived: 9, entries: { length: 9 } });
  again.append(numberedEntries(9, 11));
  again.close();
  expect(loadCorpus(folder).entries).toEqual(numberedEntries(0, 11));
});

test('a crash between folding and emptying the journal doubles nothing', () => {
  const store = openCorpusFolder(folder, corpusMeta());
  store.append(numberedEntries(0, 5));
  const journal = readFileSync(file('corpus.journal'));
  store.close();
  writeFileSync(file('corpus.journal'), journal);
  const again = openCorpusFolder(folder, corpusMeta());
  expect(again.entries).toEqual(numberedEntries(0, 5));
  again.append(numberedEntries(5, 6));
  again.close();
  expect(loadCorpus(folder).entries).toEqual(numberedEntries(0, 6));
});

test('the same entries make the same bytes', () => {
  const bytesAfter = (rounds: readonly number[]) => {
    rmSync(folder, { recursive: true, force: true });
    const store = openCorpusFolder(folder, corpusMeta());
    rounds.reduce((from, to) => {
      store.append(numberedEntries(from, to));
      return to;
    }, 0);
    store.close();
    return ['corpus.npz', 'corpus.json'].map((name) => readFileSync(file(name), 'base64'));
  };
  expect(bytesAfter([3, 4, 20])).toEqual(bytesAfter([20]));
});

test('a torn tail is cut off, with a note', () => {
  openCorpusFolder(folder, corpusMeta()).append(numberedEntries(0, 9));
  const bytes = readFileSync(file('corpus.journal'));
  writeFileSync(file('corpus.journal'), bytes.subarray(0, -5));
  const store = openCorpusFolder(folder, corpusMeta());
  expect(store.entries).toEqual(numberedEntries(0, 8));
  expect(store.notes).toEqual([expect.stringMatching(/the last \d+ bytes are damaged .* 8 whole entries/)]);
  store.close();
  expect(openCorpusFolder(folder, corpusMeta()).notes).toEqual([]);
});

test('entries of the fuzzer’s own corpus', () => {
  const corpus = new Corpus(2);
  corpus.add(Float32Array.of(1, 2), 0, seedLineage);
  corpus.add(Float32Array.of(3, 4), 1, seedLineage);
  const child = { parent: 1, by: 'noise', parameters: [5], executions: 6 };
  corpus.add(Float32Array.of(7, 8), 1, child);
  expect(entriesOf(corpus, [40, 41], 1)).toEqual([
    { input: Float32Array.of(3, 4), seed: 1, row: 41, lineage: seedLineage },
    { input: Float32Array.of(7, 8), seed: 1, row: 41, lineage: child },
  ]);
});

describe('a corpus of something else', () => {
  const sha256 = 'b'.repeat(64);
  beforeEach(() => openCorpusFolder(folder, corpusMeta()).close());
  test.each([
    ['another shape', { shape: [6] }, 'holds inputs of shape [2, 3], but the model takes [6]'],
    [
      'another model',
      { models: [{ name: 'net', file: 'new.onnx', sha256 }] },
      'is the corpus of another model: net.onnx had sha256 aaaaaaaaaaaa…, new.onnx has bbbbbbbbbbbb…',
    ],
    [
      'other preprocessing',
      { models: [{ name: 'net', file: 'net.onnx', sha256: 'a'.repeat(64), preprocess: { scale: 2 } }] },
      'is the corpus of net.onnx with other preprocessing',
    ],
  ])('%s', (_name, changes, problem) => {
    const before = readFileSync(file('corpus.json'), 'utf8');
    expect(() => openCorpusFolder(folder, corpusMeta(changes))).toThrow(
      expect.objectContaining({
        code: 'INVALID_CORPUS',
        details: expect.objectContaining({ where: folder, problem }),
      }),
    );
    expect(readFileSync(file('corpus.json'), 'utf8')).toBe(before);
    openCorpusFolder(folder, corpusMeta()).close();
  });

  test('another model to compare with is no error, and written down', () => {
    const models = ['net', 'b'].map((name) => ({ name, file: `${name}.onnx`, sha256: 'a'.repeat(64) }));
    openCorpusFolder(folder, corpusMeta({ models })).close();
    expect(loadCorpus(folder).manifest.models).toEqual(models);
    openCorpusFolder(folder, corpusMeta()).close();
  });

  test('other seeds are no error, but said', () => {
    expect(openCorpusFolder(folder, corpusMeta({ seedsSha256: sha256 })).sameSeeds).toBe(false);
  });
});

describe('one writer at a time', () => {
  const owned = (owner: string) => {
    openCorpusFolder(folder, corpusMeta()).close();
    writeFileSync(file('corpus.lock'), owner);
    return () => openCorpusFolder(folder, corpusMeta()).close();
  };
  test('a living process', () => {
    expect(owned(`${process.ppid} ${hostname()}\n`)).toThrow(/process \d+ on .* is adding to this corpus/);
  });
  test('a process of another machine', () => expect(owned('1 elsewhere\n')).toThrow(/on elsewhere/));
  // 2^22 is above the greatest process number of Linux.
  test('a dead process', () => expect(owned(`4194305 ${hostname()}\n`)).not.toThrow());
  test('half a lock', () => expect(owned('')).not.toThrow());
  test('given back by close', () => {
    owned('')();
    expect(existsSync(file('corpus.lock'))).toBe(false);
  });
});

test('what a killed process had begun to write is removed', () => {
  openCorpusFolder(folder, corpusMeta()).close();
  writeFileSync(file('.marauder-123.tmp'), 'half');
  writeFileSync(file('notes.txt'), 'mine');
  openCorpusFolder(folder, corpusMeta()).close();
  expect(readdirSync(folder).toSorted()).toEqual([
    'corpus.journal',
    'corpus.json',
    'corpus.npz',
    'notes.txt',
  ]);
});

test('a file in the place of the folder', () => {
  writeFileSync(folder, '');
  expect(() => openCorpusFolder(folder, corpusMeta())).toThrow(
    expect.objectContaining({ code: 'FILE_UNWRITABLE' }),
  );
});

test('a folder without a corpus', () => {
  expect(() => loadCorpus(folder)).toThrow(expect.objectContaining({ code: 'FILE_NOT_FOUND' }));
});

import { describe, expect, test } from 'vitest';
import type { CorpusEntry } from '../../../../src/cli/corpus/entry.js';
import { type CorpusMeta, corpusSchemaVersion } from '../../../../src/cli/corpus/manifest.js';
import { unionOf } from '../../../../src/cli/corpus/union.js';
import { corpusMeta, numberedEntries } from '../../../helpers/corpora.js';

const source = (entries: readonly CorpusEntry[], changes: Partial<CorpusMeta> = {}, name = 'c') => ({
  name,
  entries,
  notes: [],
  manifest: {
    schemaVersion: corpusSchemaVersion,
    ...corpusMeta(changes),
    mutators: [],
    executions: 10,
    runs: 1,
  } as const,
});

const entry = (value: number, parent = -1, by = parent < 0 ? 'seed' : 'noise'): CorpusEntry => ({
  input: Float32Array.of(value),
  seed: 0,
  row: 5,
  lineage: { parent, by, parameters: [value], executions: value },
});
const shape = [1];

test('partners are found again', () => {
  const mixed = entry(7, 0);
  const a = source([entry(1), entry(2)], { shape });
  const b = source([entry(2), { ...mixed, lineage: { ...mixed.lineage, partner: 0 } }], { shape });
  expect(unionOf([a, b]).entries.map(({ lineage }) => [lineage.parent, lineage.partner])).toEqual([
    [-1, undefined],
    [-1, undefined],
    [1, 1],
  ]);
});

test('every input once; parents are found again', () => {
  const a = source([entry(1), entry(2, 0), entry(3, 1)], { shape });
  const b = source([entry(1), entry(9), entry(3, 0), entry(4, 2), entry(5, 1)], { shape, objectives: ['b'] });
  const { entries, doubles, manifest } = unionOf([a, b]);
  expect(entries.map(({ input, lineage }) => [input[0], lineage.parent])).toEqual([
    [1, -1],
    [2, 0],
    [3, 1],
    // Of b: 9 is new; 4 descends from 3, which a has already; 5 from 9.
    [9, -1],
    [4, 2],
    [5, 3],
  ]);
  expect(doubles).toEqual([0, 2]);
  expect(manifest).toMatchObject({ objectives: ['robust', 'b'], executions: 20, runs: 2 });
});

test('with itself: the same', () => {
  const a = source(numberedEntries(0, 20));
  expect(unionOf([a, a])).toMatchObject({ entries: a.entries, doubles: [0, 20] });
});

test('equal seeds keep their places, where the seeds are the same; other doubles go', () => {
  const twice = [entry(1), entry(1), entry(2, 1), entry(2, 0)];
  const { entries } = unionOf([source(twice, { shape }), source(twice, { shape })]);
  expect(entries.map(({ input, lineage }) => [input[0], lineage.parent])).toEqual([
    [1, -1],
    [1, -1],
    [2, 1],
  ]);
});

test('other seeds: positions of seeds mean nothing any more', () => {
  const other = source([entry(2)], { shape, seedsSha256: 'c'.repeat(64) });
  const { entries, manifest } = unionOf([source([entry(1)], { shape }), other]);
  expect(manifest.seedsSha256).toBeNull();
  expect(entries.map(({ seed, row }) => [seed, row])).toEqual([
    [-1, 5],
    [-1, 5],
  ]);
});

test('bits decide what is equal: -0 is not 0, a NaN is itself', () => {
  const values = [entry(0), entry(-0), entry(Number.NaN)];
  expect(unionOf([source(values, { shape }), source(values, { shape })]).entries).toHaveLength(3);
});

describe('what does not fit together', () => {
  test('shapes, models; an unknown model fits all', () => {
    const a = source([entry(1)], { shape });
    expect(() => unionOf([a, source([], { shape: [2] }, 'second')])).toThrow(
      /second: holds inputs of shape \[2\]/,
    );
    const models = [{ name: 'n', file: 'n.onnx', sha256: 'b'.repeat(64) }];
    expect(() => unionOf([a, source([], { shape, models })])).toThrow(/another model/);
    const unknown = source([entry(2)], { shape, models: [] });
    expect(unionOf([unknown, a]).manifest.models).toEqual(a.manifest.models);
    expect(() => unionOf([a, unknown, source([], { shape, models })])).toThrow(/another model/);
  });
});

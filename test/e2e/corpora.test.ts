// Corpora as users handle them: merged from folders and files, and distilled. Needs `npm run build`.
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCorpus } from '../../src/cli/corpus/load.js';
import { openCorpusFolder } from '../../src/cli/corpus/store.js';
import { corpusMeta, numberedEntries } from '../helpers/corpora.js';
import { inRoot, smallPolicy, Workbench } from './workbench.js';

const bench = new Workbench();
afterAll(bench.remove);

function corpus(name: string, from: number, to: number, changes = {}): void {
  const store = openCorpusFolder(bench.path(name), corpusMeta(changes));
  // What is numbered below 2 has no parent; the rest descends from before.
  store.append(numberedEntries(0, 2));
  store.append(
    numberedEntries(Math.max(from, 2), to).map((entry) => ({
      ...entry,
      lineage: { ...entry.lineage, parent: 0 },
    })),
  );
  store.checkpoint({ executions: 1000 });
  store.close();
}

describe('merge', () => {
  beforeAll(() => {
    corpus('a', 2, 20);
    corpus('b', 10, 30);
    corpus('e', 2, 4, { shape: [6] });
    corpus('f', 2, 4, { models: [{ name: 'g', file: 'g.onnx', sha256: 'f'.repeat(64) }] });
    corpus('damaged', 2, 4);
    writeFileSync(
      bench.path('damaged/corpus.npz'),
      readFileSync(bench.path('a/corpus.npz')).subarray(0, 300),
    );
    writeFileSync(
      bench.path('other.npz'),
      readFileSync(new URL('../../corpora/digits.npz', import.meta.url)),
    );
  });

  test('two folders, every input once', async () => {
    const { status, stdout, stderr } = await bench.call('merge', 'a', 'b', '--output', 'c');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe('a  20 inputs\nb  22 inputs, 12 of them known already\nmerged as c  30 inputs\n');
    const { entries, manifest } = loadCorpus(bench.path('c'));
    expect(entries.map(({ input }) => input)).toEqual(numberedEntries(0, 30).map(({ input }) => input));
    expect(manifest).toMatchObject({ executions: 2000, runs: 2 });
    expect(openCorpusFolder(bench.path('c'), corpusMeta())).toMatchObject({ sameSeeds: true });
  });

  test('what "marauder check" leaves becomes a folder', async () => {
    await bench.call('check', bench.write('p.json', smallPolicy()));
    expect(await bench.call('merge', '.marauder/corpus/small.npz', '--output', 'd')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/small\.npz {2}\d+ inputs\nmerged as d {2}\d+ inputs\n$/),
    });
    const { entries, manifest } = loadCorpus(bench.path('d'));
    expect(manifest).toMatchObject({ shape: [1, 8, 8], models: [] });
    expect(entries.length).toBeGreaterThan(12);
    expect(entries.slice(0, 12).map(({ row }) => row)).toEqual(Array.from({ length: 12 }, (_, row) => row));
  });

  test.each([
    ['no output', ['merge', 'a', 'b'], /--output is missing/],
    ['a corpus in the way', ['merge', 'a', '--output', 'b'], /b: holds a corpus already/],
    ['another shape', ['merge', 'a', 'e', '--output', 'x'], /e: holds inputs of shape \[6\]/],
    ['another model', ['merge', 'a', 'f', '--output', 'x'], /f: is the corpus of another model/],
    ['a damaged file', ['merge', 'a', 'damaged', '--output', 'x'], /damaged\/corpus\.npz: /],
    ['no corpus', ['merge', 'a', 'p.json', '--output', 'x'], /p\.json: not a whole ZIP archive/],
    [
      'another archive',
      ['merge', 'other.npz', '--output', 'x'],
      /no array "inputs" of float32 rows; it holds/,
    ],
    ['nothing', ['merge', 'nowhere', '--output', 'x'], /no such file/],
    ['an empty folder', ['merge', '.', '--output', 'x'], /no corpus\.json here/],
  ])('%s: an error, and nothing written', async (_name, line, problem) => {
    const { status, stdout, stderr } = await bench.call(...line);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(problem);
    expect(() => bench.read('x/corpus.json')).toThrow();
  });
});

describe('distill', () => {
  const model = inRoot('corpora/digits-mlp.onnx');
  beforeAll(async () => {
    await bench.call('check', bench.write('q.json', smallPolicy()), '--output-dir', 'checked');
    await bench.call('merge', 'checked/corpus/small.npz', '--output', 'whole');
    corpus('other-shape', 2, 4);
  });

  test('fewer inputs with the same coverage, which is printed', async () => {
    const criteria = 'neuron-coverage,top-k-neurons';
    const run = async (output: string) =>
      await bench.call('distill', 'whole', '--model', model, '--criteria', criteria, '--output', output);
    const { status, stdout, stderr } = await run('small');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const measures = [...stdout.matchAll(/^(\S+) {2}(\d+ of \d+ \S.*) before, (.*) after$/gm)];
    expect(measures.map((match) => match[1])).toEqual(['neuron-coverage', 'top-k-neurons']);
    for (const [, , before, after] of measures) expect(after).toBe(before);
    const [whole, small] = [loadCorpus(bench.path('whole')), loadCorpus(bench.path('small'))];
    expect(small.entries.length).toBeLessThan(whole.entries.length);
    const inputs = new Set(whole.entries.map(({ input }) => input.join()));
    expect(small.entries.every(({ input }) => inputs.has(input.join()))).toBe(true);
    expect(small.manifest.models).toMatchObject([{ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    await run('again');
    expect(bench.read('again/corpus.npz')).toBe(bench.read('small/corpus.npz'));
    // Nothing more to leave out.
    expect((await bench.call('distill', 'small', '--criteria', criteria, '--output', 'least')).stderr).toBe(
      '',
    );
    expect(loadCorpus(bench.path('least')).entries).toHaveLength(small.entries.length);
  });

  test('distances', async () => {
    expect(await bench.call('distill', 'whole', '--model', model, '--output', 'net')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('every input is within the threshold of one that is kept'),
    });
  });

  test.each([
    ['no model', ['whole'], /does not say what model it is for/],
    [
      'a model of another shape',
      ['other-shape', '--model', model],
      /holds inputs of shape \[2, 3\], but the model takes/,
    ],
    ['another model', ['small', '--model', inRoot('corpora/digits-mlp-robust.onnx')], /another model/],
    ['no such criterion', ['whole', '--criteria', 'neuron-coverag'], /did you mean "?neuron-coverage/],
    [
      'a criterion that has no smaller part',
      ['whole', '--model', model, '--criteria', 'layer-covariance'],
      /layer-covariance changes with every input/,
    ],
    ['an empty corpus', ['nothing', '--model', model], /nothing: holds no input/],
  ])('%s: an error, and nothing written', async (_name, line, problem) => {
    openCorpusFolder(bench.path('nothing'), corpusMeta({ shape: [1, 8, 8], models: [] })).close();
    const { status, stdout, stderr } = await bench.call('distill', ...line, '--output', 'y');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(problem);
    expect(() => bench.read('y/corpus.json')).toThrow();
  });
});

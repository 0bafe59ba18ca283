// What is done with findings once they are there: replayed, minimised, listed. Needs `npm run build`.
import { mkdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Listing } from '../../src/cli/findings/listing.js';
import type { Finding } from '../../src/findings/finding.js';
import { inRoot, Workbench } from './workbench.js';

const bench = new Workbench();
afterAll(bench.remove);

/** One property of each kind, on rows where attacks find something within seconds. */
const policy = {
  version: 1,
  seed: 7,
  models: {
    mlp: './mlp.onnx',
    cnn: inRoot('corpora/digits-cnn.onnx'),
    int8: inRoot('corpora/digits-cnn-int8.onnx'),
    unsafe: inRoot('corpora/digits-unsafe.onnx'),
  },
  inputs: { range: [0, 1] },
  data: {
    digits: {
      file: inRoot('corpora/digits.npz'),
      inputs: 'test_images',
      labels: 'test_labels',
      scale: 0.0625,
    },
  },
  properties: [
    { name: 'robust', kind: 'robustness', model: 'mlp', rows: 12, linfEpsilon: 0.1 },
    { name: 'agree', kind: 'agreement', models: ['cnn', 'int8'], rows: 12, linfEpsilon: 0.02 },
    { name: 'finite', kind: 'finite', model: 'unsafe' },
  ].map((property) => ({
    ...property,
    data: 'digits',
    expect: 'tested',
    budget: { executions: 2000, seconds: 60 },
  })),
};

const findings = '.marauder/findings';
const listing = (): Listing => JSON.parse(bench.read(`${findings}/findings.json`));
const finding = (folder: string): Finding => JSON.parse(bench.read(`${findings}/${folder}/finding.json`));
const ofKind = (kind: Finding['kind']): string => {
  const found = listing().findings.find((listed) => listed.kind === kind && listed.minimizedFrom === null);
  if (found === undefined) throw new Error(`no finding of kind ${kind}`);
  return found.folder;
};

beforeAll(async () => {
  bench.write('mlp.onnx', readFileSync(inRoot('corpora/digits-mlp.onnx')));
  const { stderr } = await bench.call('check', bench.write('p.json', JSON.stringify(policy)));
  expect(stderr).toBe('');
});

describe('replay', () => {
  test('a folder of findings, as text and as JSON', async () => {
    const total = listing().findings.length;
    expect(total).toBeGreaterThan(3);
    const text = await bench.call('replay', '.marauder');
    expect(text).toMatchObject({ status: 1, stderr: '' });
    expect(text.stdout).toContain(`${total} of ${total} findings still violated`);
    const { status, stdout } = await bench.call(
      'replay',
      findings,
      `${findings}/${ofKind('finite')}`,
      '--json',
    );
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, total, violated: total });
    const [first] = JSON.parse(stdout).findings;
    expect(first).toMatchObject({ violated: true, changed: [], saved: { margin: first.margin } });
  });

  test('no finding there', async () => {
    mkdirSync(bench.path('empty'));
    expect(await bench.call('replay', 'empty')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('no finding.json in this folder or below it'),
    });
  });

  test('a finding of version 1 is replayed, and has no seed to come near to', async () => {
    const folder = `${findings}/${ofKind('robustness')}`;
    const { models, property, kind, inputSha256, target, row, margin, summary } = finding(
      ofKind('robustness'),
    );
    const old = { schemaVersion: 1, property, kind, input: 'input.npy', inputSha256, target, row, margin };
    const rest = {
      linfDistance: 0.1,
      linfEpsilon: 0.1,
      summary,
      foundBy: 'gradient',
      executions: 3,
      seed: 7,
    };
    const moved = models.map((model) => ({ ...model, file: bench.path('mlp.onnx') }));
    bench.write('old/finding.json', JSON.stringify({ ...old, ...rest, models: moved }));
    bench.write('old/input.npy', readFileSync(bench.path(`${folder}/input.npy`)));
    expect(await bench.call('replay', 'old')).toMatchObject({ status: 1, stderr: '' });
    expect((await bench.call('minimize', 'old')).stderr).toContain('has no seed to come near to');
  });
});

describe('minimize', () => {
  test.each(['robustness', 'agreement', 'finite'] as const)('a finding of kind %s', async (kind) => {
    const folder = ofKind(kind);
    const { status, stdout, stderr } = await bench.call('minimize', `${findings}/${folder}`, '--time', '60s');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(`saved as ${findings}/${folder}-min`);
    const [before, after] = [finding(folder), finding(`${folder}-min`)];
    for (const norm of ['linf', 'l2', 'l1', 'l0'] as const)
      expect(after.distances?.[norm]).toBeLessThanOrEqual(before.distances?.[norm] ?? -1);
    expect(after.distances?.linf).toBeLessThan(before.distances?.linf ?? -1);
    expect(after.minimizedFrom).toBe(folder.split('/').at(-1));
    const steps = before.chain.map((step: Finding['chain'][number]) => ({ ...step, partner: null }));
    expect(after.chain).toEqual([...steps, { by: 'minimize-linf', parameters: [], partner: null }]);
    expect(await bench.call('replay', `${findings}/${folder}-min`)).toMatchObject({ status: 1, stderr: '' });
    expect(listing().findings.map((listed) => listed.folder)).toContain(`${folder}-min`);
  });

  test('again, elsewhere, for few elements: the same each time, from a finding that is left as it was', async () => {
    const folder = ofKind('robustness');
    const before = bench.read(`${findings}/${folder}/finding.json`);
    const run = async (output: string) => {
      const arguments_ = ['--norm', 'l0', '--time', '60s', '--output', output];
      expect((await bench.call('minimize', `${findings}/${folder}`, ...arguments_)).stderr).toBe('');
      return readFileSync(bench.path(`${output}/input.npy`), 'base64');
    };
    expect(await run('out/a')).toBe(await run('out/b'));
    expect(await bench.call('replay', 'out')).toMatchObject({ status: 1, stderr: '' });
    expect(bench.read(`${findings}/${folder}/finding.json`)).toBe(before);
  });

  test('of a folder, those that are results already are passed over', async () => {
    const { stdout } = await bench.call('minimize', `${findings}/robust`, '--time', '100ms');
    const saved = [...stdout.matchAll(/saved as (.*)/g)].map((match) => match[1] ?? '');
    expect(saved.length).toBeGreaterThan(1);
    expect(saved.some((path) => path.endsWith('-min-min'))).toBe(false);
  });

  test('mistakes', async () => {
    expect((await bench.call('minimize', findings, '--output', 'x')).stderr).toContain(
      '--output is for one finding',
    );
    expect((await bench.call('minimize', findings, '--norm', 'l3')).stderr).toContain(
      '--norm cannot be "l3"',
    );
    expect(await bench.call('minimize', 'nowhere')).toMatchObject({ status: 2, stdout: '' });
  });

  test('what no longer violates is said, and nothing is saved', async () => {
    bench.write('mlp.onnx', readFileSync(inRoot('corpora/digits-mlp-robust.onnx')));
    const { stdout } = await bench.call('replay', `${findings}/robust`, '--json');
    const holding = JSON.parse(stdout).findings.find(({ violated }: { violated: boolean }) => !violated);
    expect(holding).toBeDefined();
    expect(await bench.call('minimize', holding.finding, '--output', 'none')).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/model "mlp" has changed.*\n.*holds now: there is nothing to minimise/),
    });
    expect(() => bench.read('none/finding.json')).toThrow();
  });
});

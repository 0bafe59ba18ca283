// Preprocessing in the policy, and data that were preprocessed by hand: two ways to say the same, so the same verdicts.
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { parseFinding } from '../../src/findings/finding-schema.js';
import { decodeNpy } from '../../src/policy/data/npy.js';
import { listZip, readEntry } from '../../src/policy/data/zip.js';
import { npy } from '../unit/policy/npy-writer.js';
import { inRoot, Workbench } from './workbench.js';

const bench = new Workbench();
afterAll(bench.remove);

const rows = 40;

/** Pixels 0 to 16, [rows, 1, 8, 8]. */
const images = (() => {
  const zip = readFileSync(inRoot('corpora/digits.npz'));
  const entry = listZip(zip, 'digits.npz').find(({ name }) => name === 'test_images.npy');
  if (entry === undefined) throw new Error('digits.npz has no test_images');
  const { data } = decodeNpy(readEntry(zip, entry, 'digits.npz'), 'test_images');
  return Array.from(data.subarray(0, rows * 64), Number);
})();

const policy = (file: string, range: readonly number[], linfEpsilon: number, preprocess?: object): string =>
  JSON.stringify({
    version: 1,
    models: { mlp: { file: inRoot('corpora/digits-mlp-robust.onnx'), ...(preprocess && { preprocess }) } },
    inputs: { range },
    data: { digits: { file } },
    properties: ['proved', 'tested'].map((expect) => ({
      name: expect,
      kind: 'robustness',
      model: 'mlp',
      data: 'digits',
      linfEpsilon,
      expect,
      budget: { executions: 20_000, seconds: 60 },
    })),
  });

/** What came of each row, and the margins that bounds of the whole box proved: those of branching are of its worst part. */
async function check(name: string, text: string) {
  bench.write(`${name}.json`, text);
  const { stderr } = await bench.call(
    'check',
    `${name}.json`,
    '--report',
    `${name}-report.json`,
    '--output-dir',
    name,
  );
  expect(stderr).toBe('');
  const report = bench.report(`${name}-report.json`);
  const verdicts = report.properties.flatMap(({ instances }) => instances.map(({ verdict }) => verdict));
  return {
    report,
    kinds: verdicts.map(({ kind }) => kind),
    margins: verdicts.map((verdict) =>
      verdict.kind === 'proved' && verdict.method !== 'branch-and-bound' ? (verdict.margin ?? 0) : 0,
    ),
    findings: verdicts.flatMap((verdict) =>
      verdict.kind === 'violated' ? (verdict.witness.finding ?? []) : [],
    ),
  };
}

/** Powers of two, so that both ways round alike. */
const steps = { scale: 0.0625, mean: [0.5], std: 0.25 };

test('the same verdicts, margins and hash of the file; findings in the units of the policy', async () => {
  bench.write('raw.npy', npy('u1', [rows, 1, 8, 8], images));
  const shifted = images.map((pixel) => pixel / 4 - 2);
  bench.write('shifted.npy', npy('f4', [rows, 1, 8, 8], shifted));
  const stated = await check('stated', policy('raw.npy', [0, 16], 1.6, steps));
  const byHand = await check('by-hand', policy('shifted.npy', [-2, 2], 0.4));

  expect(stated.kinds).toEqual(byHand.kinds);
  expect(new Set(stated.kinds)).toEqual(new Set(['proved', 'violated', 'tested']));
  // Measured: the rounding of the steps costs the proofs 0.023 at most, of margins up to 69.
  for (const [at, margin] of stated.margins.entries())
    expect(Math.abs(margin - (byHand.margins[at] ?? 0))).toBeLessThan(0.05);

  const [model] = stated.report.models;
  expect(model).toEqual({ ...byHand.report.models[0], preprocess: { ...steps, layout: 'nchw' } });
  expect(byHand.report.models[0]).not.toHaveProperty('preprocess');

  const [finding = ''] = stated.findings;
  const saved = parseFinding(bench.read(`${finding}/finding.json`), 'finding.json');
  expect(saved.models[0]?.preprocess).toEqual(model?.preprocess);
  const input = decodeNpy(readFileSync(bench.path(`${finding}/input.npy`)), 'input.npy');
  expect(Math.max(...Array.from(input.data, Number))).toBeGreaterThan(4);

  const { status, stdout } = await bench.call('replay', ...stated.findings);
  expect(stdout).toContain(`(margin ${saved.margin?.toPrecision(4)})`);
  expect(stdout).toContain(`${stated.findings.length} of ${stated.findings.length} findings still violated`);
  expect(status).toBe(1);
});

test('the example of docs/policy.md runs', async () => {
  const docs = readFileSync(inRoot('docs/policy.md'), 'utf8');
  const example = /## Preprocessing\n.*?```yaml\n(.*?)```/s.exec(docs)?.[1] ?? '';
  bench.write('example.yaml', example.replaceAll('../corpora/', inRoot('corpora/')));
  expect(await bench.call('check', 'example.yaml', '--quiet')).toMatchObject({ status: 0, stderr: '' });
});

test('steps that do not fit the model are named with their place in the policy', async () => {
  bench.write('raw.npy', npy('u1', [rows, 1, 8, 8], images));
  const wrong = policy('raw.npy', [0, 16], 1, { mean: [1, 2, 3] });
  bench.write('wrong.json', wrong);
  const { status, stderr } = await bench.call('check', 'wrong.json');
  const column = wrong.indexOf('{"mean"') + 1;
  expect(stderr).toMatch(
    new RegExp(
      `^error\\[INVALID_POLICY\\] wrong\\.json:1:${column}: preprocess: mean has 3 numbers, but input `,
    ),
  );
  expect(stderr).toMatch(/has 1 channels \(axis 1\)\n {2}hint: /);
  expect(status).toBe(2);
});

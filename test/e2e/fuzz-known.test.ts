// `marauder fuzz` where findings are already: those of other models, other objectives and other limits stay as they are.
// Needs `npm run build`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { foldersBelow } from '../../src/cli/findings/find.js';
import { inRoot, Workbench } from './workbench.js';

const bench = new Workbench();
afterAll(bench.remove);

const [mlp, robust] = [inRoot('corpora/digits-mlp.onnx'), inRoot('corpora/digits-mlp-robust.onnx')];
const data = ['--data', inRoot('corpora/digits.npz'), '--inputs', 'test_images', '--labels', 'test_labels'];
const line = (model: string, ...more: string[]) => [
  ...[
    'fuzz',
    model,
    ...data,
    '--scale',
    '0.0625',
    '--executions',
    '2000',
    '--mutators',
    'noise',
    '--coverage',
    'none',
    '--json',
    ...more,
  ],
];

/** Every finding below the folder of all output, as it is on disk. */
const saved = (folder: string): Map<string, string> =>
  new Map(
    foldersBelow(bench.path(folder)).map((path) => [path, readFileSync(join(path, 'finding.json'), 'utf8')]),
  );

type Found = { readonly objective: string; readonly finding: string; readonly linfDistance: number };

async function found(...args: string[]): Promise<readonly Found[]> {
  const { stdout, stderr, status } = await bench.call(...args);
  if (status === 2) throw new Error(stderr);
  return JSON.parse(stdout).campaigns[0].findings;
}

function expectKept(before: ReadonlyMap<string, string>, folder: string): void {
  const after = saved(folder);
  for (const [path, text] of before) expect([path, after.get(path)]).toEqual([path, text]);
}

test('another model in the same folder: all that the first one has stays, also of equal inputs', async () => {
  const folder = ['--rows', '12', '--linf', '0.1', '--output-dir', 'shared'];
  const first = await found(...line(mlp, ...folder));
  const before = saved('shared');
  expect(before.size).toBe(first.length);
  // The same network, so that the same inputs are found.
  const copy = bench.write('copy.onnx', readFileSync(mlp));
  const second = await found(...line(copy, ...folder));
  expectKept(before, 'shared');
  const after = saved('shared');
  expect(after.size).toBe(2 * first.length);
  expect(second.filter(({ finding }) => !finding.endsWith('-2'))).toEqual([]);
  for (const { finding } of second)
    expect(JSON.parse(bench.read(`${finding}/finding.json`)).models[0].file).toMatch(/copy\.onnx$/);
});

test('several objectives: no finding of one takes the place of another', async () => {
  // Inputs that mislead the one model alone are disagreements with the other as well.
  const folder = ['--rows', '12', '--linf', '0.1', '--output-dir', 'several'];
  const one = await found(...line(mlp, ...folder, '--objective', 'robustness'));
  const before = saved('several');
  expect(before.size).toBe(one.length);
  const both = await found(...line(mlp, ...folder, '--objective', `robustness,agreement:${robust}`));
  expect(new Set(both.map(({ objective }) => objective))).toEqual(new Set(['robustness', 'agreement']));
  expect(new Set(both.map(({ finding }) => finding)).size).toBe(both.length);
  for (const { finding, objective } of both)
    expect(JSON.parse(bench.read(`${finding}/finding.json`)).objective).toBe(objective);
});

test('findings beyond the limits of a run are none of it, and stay', async () => {
  const folder = ['--rows', '12', '--output-dir', 'wide', '--objective', 'robustness'];
  const wide = await found(...line(mlp, ...folder, '--linf', '0.2'));
  const before = saved('wide');
  const near = await found(...line(mlp, ...folder, '--linf', '0.05'));
  expect(Math.max(...wide.map(({ linfDistance }) => linfDistance))).toBeGreaterThan(0.15);
  expect(near.length).toBeGreaterThan(0);
  for (const { linfDistance } of near) expect(linfDistance).toBeLessThanOrEqual(Math.fround(0.05));
  expectKept(before, 'wide');
});

// `marauder fuzz --objective precision:int8`: the model against itself in 8 bits. Needs `npm run build`.
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { inRoot, Workbench } from './workbench.js';

const bench = new Workbench();
afterAll(bench.remove);

const data = ['--data', inRoot('corpora/digits.npz'), '--inputs', 'test_images', '--scale', '0.0625'];
const line = (model: string, executions: number) => [
  ...['fuzz', model, ...data, '--rows', '12', '--linf', '0.2'],
  ...['--executions', `${executions}`, '--objective', 'precision:int8'],
];
const derived = '.marauder/fuzz/digits-cnn/int8.onnx';

test('disagreements are found, and replayed on the file that was derived', () => {
  const found = bench.run(...line(inRoot('corpora/digits-cnn.onnx'), 3000), '--json');
  expect(found).toMatchObject({ status: 1, stderr: expect.stringContaining('precision-int8') });
  const { findings } = JSON.parse(found.stdout).campaigns[0];
  expect(findings.length).toBeGreaterThan(0);
  expect(new Set(findings.map(({ objective }: { objective: string }) => objective))).toEqual(
    new Set(['precision-int8']),
  );
  const replayed = bench.run('replay', '.marauder', '--json');
  expect(replayed).toMatchObject({ status: 1, stderr: '' });
  const { total, violated, findings: again } = JSON.parse(replayed.stdout);
  expect([total, violated]).toEqual([findings.length, findings.length]);
  expect(again.every(({ changed }: { changed: string[] }) => changed.length === 0)).toBe(true);
});

test('the same rows give the same file; nothing half-written stays beside it', () => {
  const before = readFileSync(bench.path(derived));
  const again = bench.run(...line(inRoot('corpora/digits-cnn.onnx'), 64), '--fresh');
  expect(again.stderr).toBe('');
  expect(readFileSync(bench.path(derived)).equals(before)).toBe(true);
  expect(readdirSync(bench.path('.marauder/fuzz/digits-cnn')).filter((name) => /^\.|tmp/.test(name))).toEqual(
    [],
  );
  const { status, stdout } = bench.run('inspect', derived);
  expect(status).toBe(0);
  expect(stdout).toContain('QuantizeLinear');
});

test('a model that is in 8 bits already', () => {
  const { status, stderr } = bench.run(...line(inRoot('corpora/digits-cnn-int8.onnx'), 64));
  expect(status).toBe(2);
  expect(stderr).toMatch(/error\[UNSUPPORTED_MODEL\].*nothing to quantise/);
  expect(stderr).toContain('hint: ');
});

// `marauder fuzz --objective precision:int8`: the model against itself in 8 bits. Needs `npm run build`.
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { inRoot, Workbench } from './workbench.js';

const bench = new Workbench();
afterAll(bench.remove);

const data = ['--data', inRoot('corpora/digits.npz'), '--inputs', 'test_images', '--scale', '0.0625'];
const line = (model: string, executions: number, rows = 12) => [
  ...['fuzz', model, ...data, '--rows', `${rows}`, '--linf', '0.2'],
  ...['--executions', `${executions}`, '--objective', 'precision:int8'],
];
const folder = '.marauder/fuzz/digits-cnn';
const quantised = (): string[] =>
  readdirSync(bench.path(folder)).filter((name) => /^int8-[0-9a-f]{8}\.onnx$/.test(name));

test('disagreements are found, and replayed on the file that was derived', async () => {
  const found = await bench.call(...line(inRoot('corpora/digits-cnn.onnx'), 3000), '--json');
  expect(found).toMatchObject({ status: 1, stderr: expect.stringContaining('precision-int8') });
  const { findings } = JSON.parse(found.stdout).campaigns[0];
  expect(findings.length).toBeGreaterThan(0);
  expect(new Set(findings.map(({ objective }: { objective: string }) => objective))).toEqual(
    new Set(['precision-int8']),
  );
  const replayed = await bench.call('replay', '.marauder', '--json');
  expect(replayed).toMatchObject({ status: 1, stderr: '' });
  const { total, violated, findings: again } = JSON.parse(replayed.stdout);
  expect([total, violated]).toEqual([findings.length, findings.length]);
  expect(again.every(({ changed }: { changed: string[] }) => changed.length === 0)).toBe(true);
});

test('the same rows give the same file; nothing half-written stays beside it', async () => {
  const [name = ''] = quantised();
  const before = readFileSync(bench.path(`${folder}/${name}`));
  const again = await bench.call(...line(inRoot('corpora/digits-cnn.onnx'), 64), '--fresh');
  expect(again.stderr).toBe('');
  expect(quantised()).toEqual([name]);
  expect(readFileSync(bench.path(`${folder}/${name}`)).equals(before)).toBe(true);
  expect(readdirSync(bench.path(folder)).filter((other) => /^\.|tmp/.test(other))).toEqual([]);
  const { status, stdout } = await bench.call('inspect', `${folder}/${name}`);
  expect(status).toBe(0);
  expect(stdout).toContain('QuantizeLinear');
});

test('other rows give another file, and the same corpus goes on: findings keep the model that they ran on', async () => {
  const more = await bench.call(...line(inRoot('corpora/digits-cnn.onnx'), 64, 40));
  expect(more.stderr).toBe('');
  expect(more.stdout).toContain('in 1 earlier run');
  expect(quantised()).toHaveLength(2);
  const { total, violated, findings } = JSON.parse(
    (await bench.call('replay', '.marauder', '--json')).stdout,
  );
  expect(total).toBeGreaterThan(0);
  expect(violated).toBe(total);
  expect(findings.filter(({ changed }: { changed: string[] }) => changed.length > 0)).toEqual([]);
});

test('a model that is in 8 bits already', async () => {
  const { status, stderr } = await bench.call(...line(inRoot('corpora/digits-cnn-int8.onnx'), 64));
  expect(status).toBe(2);
  expect(stderr).toMatch(/error\[UNSUPPORTED_MODEL\].*nothing to quantise/);
  expect(stderr).toContain('hint: ');
});

// `marauder coverage` as a user runs it.
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { inRoot, Workbench } from './workbench.js';

const bench = new Workbench();
afterAll(bench.remove);

const mlp = inRoot('corpora/digits-mlp.onnx');
const digits = inRoot('corpora/digits.npz');
const rows = ['--inputs', 'test_images', '--scale', '1/16', '--rows', '50'];

test('a table of all criteria', async () => {
  const { status, stdout, stderr } = await bench.call('coverage', mlp, digits, ...rows);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const name of ['neuron-coverage', 'k-multisection', 'distance-surprise', 'layer-covariance'])
    expect(stdout).toMatch(new RegExp(`^${name} `, 'm'));
  expect(stdout).toMatch(/^neuron-coverage +\d+\.\d % +\d+ of \d+ neurons$/m);
});

test('JSON, calibrated by other data', async () => {
  const line = [...rows, '--calibrate', digits, '--calibrate-inputs', 'train_images'];
  const criteria = ['--criteria', 'top-k-neurons:k=3,neuron-boundary', '--json'];
  const { status, stdout } = await bench.call('coverage', mlp, digits, ...line, ...criteria);
  expect(status).toBe(0);
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({ schemaVersion: 1, rows: 50, interrupted: false });
  expect(result.calibrationRows).toBeGreaterThan(500);
  expect(result.criteria.map(({ criterion }: { criterion: string }) => criterion)).toEqual([
    'top-k-neurons:k=3',
    'neuron-boundary',
  ]);
});

test('NaN in the network is told, since it covers nothing', async () => {
  const bytes = Buffer.from(readFileSync(mlp));
  // Among the weights: at least one whole float of ones only.
  bytes.fill(0xff, Math.floor(bytes.length * 0.3), Math.floor(bytes.length * 0.3) + 8);
  const model = bench.write('nan.onnx', bytes);
  const line = ['coverage', model, digits, ...rows, '--criteria', 'neuron-coverage'];
  const { status, stdout } = await bench.call(...line);
  expect(status).toBe(0);
  expect(stdout).toContain('note: 50 of 50 rows make some value NaN or infinite');
  expect(JSON.parse((await bench.call(...line, '--json')).stdout).nonFiniteRows).toBe(50);
});

describe('one clear error', () => {
  test.each([
    ['no data', [mlp], 'USAGE', 'data'],
    ['an unknown criterion', [mlp, digits, '--criteria', 'neurons'], 'USAGE', 'neuron-coverage'],
    ['an unknown layer', [mlp, digits, ...rows, '--layers', 'nowhere'], 'USAGE', 'nowhere'],
    ['no file', [mlp, 'none.npy'], 'FILE_NOT_FOUND', 'none.npy'],
    ['idle options', [mlp, digits, '--calibrate-inputs', 'x'], 'USAGE', '--calibrate'],
  ])('%s', async (_name, args, code, words) => {
    const { status, stdout, stderr } = await bench.call('coverage', ...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^error\\[${code}\\] `));
    expect(stderr).toContain(words);
  });
});

// `marauder fuzz` with what cannot be right: one error with a hint each, and nothing found. Needs `npm run build`.
import { afterAll, describe, expect, test } from 'vitest';
import { inRoot, Workbench } from './workbench.js';

const bench = new Workbench();
afterAll(bench.remove);

const mlp = inRoot('corpora/digits-mlp.onnx');
const words = (line: string): string[] => line.split(' ').filter((word) => word !== '');
const arrays = '--inputs test_images --labels test_labels --scale 0.0625';

async function expectError(args: readonly string[], error: RegExp): Promise<void> {
  const { status, stdout, stderr } = await bench.call('fuzz', ...args);
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(error) });
  expect(stderr.match(/error\[/g)).toHaveLength(1);
  // Where the names that there are follow the wrong one, nothing more needs to be said.
  expect(stderr).toMatch(/\n {2}hint: .|; it holds: ./);
  expect(stdout).not.toContain('✗');
}

const defaults = `--data ${inRoot('corpora/digits.npz')} ${arrays} --rows 12 --linf 0.1 --executions 100`;

test.each([
  ['a layer', '--layers relu', /USAGE.*"relu"\n.*relu1_out/],
  ['an objective', '--objective finit', /USAGE.*"finit"\n.*"finite"/],
  ['another model', '--objective agreement:none.onnx', /FILE_NOT_FOUND.*none\.onnx/],
  ['a range', '--range 0:0.5', /USAGE.*beyond --range\n.*--scale/],
  ['a file as the folder of output', `--output-dir ${mlp}`, /FILE_UNWRITABLE.*\n.*another path/],
])('%s', async (_, line, error) => {
  await expectError([mlp, ...words(`${defaults} ${line}`)], error);
});

test.runIf(process.platform === 'linux')('a folder that takes no folders', async () => {
  const error = /FILE_UNWRITABLE\] \/proc\/x.*cannot write: not permitted\n.*another path/;
  await expectError([mlp, ...words(`${defaults} --output-dir /proc/x`)], error);
});

test.each([
  ['arrays', '--inputs images --labels test_labels', /INVALID_DATA.*"images"/],
  ['rows', `${arrays} --rows 9000:9001`, /9000/],
])('%s that are not there', async (_, line, error) => {
  await expectError([mlp, ...words(`--data ${inRoot('corpora/digits.npz')} --linf 0.1 ${line}`)], error);
});

describe('rows', () => {
  test.each([
    ['none', '(0, 64)', [], /INVALID_DATA.*\n.*at least one row/],
    ['of another size', '(2, 3)', [0, 1, 0, 1, 0, 1], /INVALID_DATA.*shape \[3\]/],
    ['with NaN', '(1, 64)', Array<number>(64).fill(Number.NaN), /INVALID_DATA.*NaN/],
    ['all equal', '(1, 64)', Array<number>(64).fill(0.5), /USAGE.*no range of values\n.*--range/],
  ])('%s', async (_, shape, values, error) => {
    const head = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117);
    const prefix = Buffer.from(`\x93NUMPY\x01\x00v\x00${head}\n`, 'latin1');
    const content = Buffer.concat([prefix, Buffer.from(Float32Array.from(values).buffer)]);
    const file = bench.write('rows.npy', content);
    await expectError([mlp, ...words(`--data ${file} --linf 0.1 --executions 10`)], error);
  });
});

test('what is no model', async () => {
  const file = bench.write('text.onnx', 'not a model');
  await expectError([file, '--range', '0:1'], /error\[INVALID_MODEL\] text\.onnx/);
});

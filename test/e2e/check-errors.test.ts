// What cannot be checked: one clear error, exit code 2, nothing written, no stack trace.
import { existsSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { float32 } from '../../src/base/tensor.js';
import { encodeModel } from '../../src/program/emit.js';
import { modelOf, type NodeShorthand } from '../helpers/models.js';
import { npy } from '../unit/policy/npy-writer.js';
import { inRoot, smallPolicy, Workbench } from './workbench.js';

const bench = new Workbench();
afterAll(bench.remove);

const pixels: NodeShorthand[] = [
  ['Flatten', ['x'], 'f'],
  ['Gemm', ['f', 'w'], 'y'],
];
const weights = (value: number) => ({ w: float32(new Float32Array(64 * 10).fill(value), [64, 10]) });
const linear = modelOf(['batch', 1, 8, 8], pixels, weights(0.5));
const nan = modelOf(['batch', 1, 8, 8], pixels, weights(Number.NaN));
const [only] = linear.graph.inputs;
const twoInputs = {
  ...linear,
  graph: { ...linear.graph, inputs: only === undefined ? [] : [only, { ...only, name: 'mask' }] },
};

beforeEach(() => {
  bench.write('ok.json', smallPolicy());
  bench.write(
    'random.onnx',
    Uint8Array.from({ length: 5000 }, (_, at) => (at * 193 + (at >> 3) * 71) & 255),
  );
  bench.write('two.onnx', encodeModel(twoInputs));
  bench.write('nan.onnx', encodeModel(nan));
  bench.write('wide.npy', npy('f4', [3, 65], new Array(3 * 65).fill(0)));
  bench.write('empty.npy', npy('f4', [0, 64], []));
});

const withModel = (file: string) => smallPolicy({ models: { mlp: file } });
const withData = (file: string) =>
  smallPolicy({
    data: { file, inputs: undefined, labels: undefined, scale: 1 },
    property: { rows: undefined },
  });

describe.each([
  ['a missing policy', [], undefined, 'FILE_NOT_FOUND', 'nowhere.yaml'],
  ['broken YAML', [], 'version: 1\nmodels: {mlp: [', 'INVALID_POLICY', 'bad.yaml:2'],
  ['an unknown key', [], smallPolicy().replace('"rows"', '"rwos"'), 'INVALID_POLICY', 'did you mean "rows"'],
  ['a missing model', [], withModel('nowhere.onnx'), 'FILE_NOT_FOUND', 'nowhere.onnx'],
  ['random bytes as a model', [], withModel('random.onnx'), 'INVALID_MODEL', 'random.onnx'],
  [
    'a model that takes more',
    [],
    withModel('two.onnx'),
    'INVALID_DATA',
    'input "x, mask" of model "mlp" takes [128]',
  ],
  ['rows of another size', [], withData('wide.npy'), 'INVALID_DATA', 'shape [65]'],
  ['no rows', [], withData('empty.npy'), 'INVALID_DATA', 'empty.npy'],
  [
    'a label that is no class',
    [],
    smallPolicy({ data: { labels: 'test_images' } }),
    'INVALID_DATA',
    'test_images',
  ],
  ['a report in a missing place', ['--report', 'ok.json/r.json'], smallPolicy(), 'FILE_UNWRITABLE', 'r.json'],
  ['a folder as report', ['--report', '.'], smallPolicy(), 'FILE_UNWRITABLE', 'is a folder'],
  ['findings below a file', ['--output-dir', 'ok.json'], smallPolicy(), 'FILE_UNWRITABLE', 'ok.json'],
] as const)('%s', (_name, options, policy, code, words) => {
  test('is refused in two lines', async () => {
    const file = policy === undefined ? 'nowhere.yaml' : bench.write('bad.yaml', policy);
    const { status, stderr } = await bench.call('check', file, ...options);
    expect(stderr).toMatch(new RegExp(`^error\\[${code}\\] [^\\n]+\\n {2}hint: [^\\n]+\\n$`));
    expect(stderr).toContain(words);
    expect(status).toBe(2);
    expect(existsSync(bench.path('marauder-report.json'))).toBe(false);
    expect(existsSync(bench.path('.marauder'))).toBe(false);
  });
});

test('labels out of range name the row', async () => {
  const ten = encodeModel(
    modelOf(['batch', 1, 8, 8], pixels, { w: float32(new Float32Array(64 * 5), [64, 5]) }),
  );
  bench.write('five.onnx', ten);
  bench.write('bad.yaml', smallPolicy({ models: { mlp: 'five.onnx' }, property: { class: 'label' } }));
  const { status, stderr } = await bench.call('check', 'bad.yaml');
  expect(stderr).toMatch(
    /^error\[INVALID_DATA\] .*digits\.npz: row \d+: label \d, but model "mlp" has classes 0 to 4/,
  );
  expect(status).toBe(2);
});

test('a full disk', async () => {
  const { status, stderr } = await bench.call('check', 'ok.json', '--report', '/dev/full');
  expect(stderr).toMatch(/^error\[FILE_UNWRITABLE\] \/dev\/full: cannot write: no space left/);
  expect(status).toBe(2);
});

describe('NaN weights', () => {
  test.each([
    ['robustness', {}],
    ['finite', { kind: 'finite', linfEpsilon: undefined }],
    ['finite around rows, proof wanted', { kind: 'finite', expect: 'proved' }],
    ['robustness, proof wanted', { expect: 'proved' }],
  ])('%s is violated or unknown, never proved', async (_name, property) => {
    bench.write('nan.json', smallPolicy({ models: { mlp: 'nan.onnx' }, property }));
    const { status, stderr } = await bench.call('check', 'nan.json', '--report', 'nan-report.json');
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    const [report] = bench.report('nan-report.json').properties;
    expect(report?.verdicts).toMatchObject({ proved: 0, tested: 0 });
    expect(report?.verdicts.violated).toBeGreaterThan(0);
  });
});

test('the committed example is found from a folder below', async () => {
  bench.write('sub/marauder.policy.yaml', smallPolicy());
  bench.write('sub/deeper/empty', '');
  const inside = new Workbench();
  expect((await inside.call('check')).stderr).toMatch(
    /^error\[FILE_NOT_FOUND\] .*no marauder\.policy\.yaml here or/,
  );
  inside.remove();
  expect((await bench.call('inspect', inRoot('corpora'))).stderr).toMatch(
    /^error\[FILE_UNREADABLE\] .*is a folder/,
  );
});

// `marauder prove`: verdicts, exit codes, files and errors of the built command.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { float32 } from '../../src/base/tensor.js';
import { encodeModel } from '../../src/program/emit.js';
import { vnnlib } from '../helpers/deciding.js';
import { modelOf } from '../helpers/models.js';
import { Workbench } from './workbench.js';

const bench = new Workbench();
afterAll(bench.remove);

/** |a + b| + |a - b| = 2 max(|a|, |b|). */
const net = encodeModel(
  modelOf(
    ['batch', 2],
    [
      ['Gemm', ['x', 'w'], 'h'],
      ['Relu', ['h'], 'r'],
      ['Gemm', ['r', 'ones'], 'y'],
    ],
    { w: float32([1, -1, 1, -1, 1, -1, -1, 1], [2, 4]), ones: float32([1, 1, 1, 1], [4, 1]) },
  ),
);
bench.write('net.onnx', net);
bench.write('net.onnx.gz', gzipSync(net));
bench.write('safe.vnnlib', vnnlib(2, 1, [-1, 1], '(>= Y_0 4.5)'));
bench.write('safe.vnnlib.gz', gzipSync(vnnlib(2, 1, [-1, 1], '(>= Y_0 4.5)')));
bench.write('unsafe.vnnlib', vnnlib(2, 1, [-1, 1], '(>= Y_0 1.9)'));
/** True, with bounds of the whole box at 4. */
bench.write('open.vnnlib', vnnlib(2, 1, [-1, 1], '(>= Y_0 2.5)'));

const prove = async (...args: string[]) => await bench.call('prove', ...args);

describe('verdicts', () => {
  test('proved: 0, with the margin and what it is about', async () => {
    const { status, stdout, stderr } = await prove('net.onnx', 'safe.vnnlib');
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /^marauder .*net\.onnx {2}safe\.vnnlib {2}seed 1\n\n✓ proved .* by at least 0\.(49|5)/,
    );
    expect(stdout).toContain('for the deployed float32 network');
    expect(status).toBe(0);
  });

  test('compressed files are the same', async () => {
    expect((await prove('net.onnx.gz', 'safe.vnnlib.gz')).status).toBe(0);
  });

  test('violated: 1, and the counterexample is on disk', async () => {
    const { status, stdout } = await prove('net.onnx', 'unsafe.vnnlib', '--json');
    expect(status).toBe(1);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      schemaVersion: 1,
      verdict: 'violated',
      reason: null,
      model: { file: 'net.onnx' },
      property: { file: 'unsafe.vnnlib', version: '1.0' },
      counterexample: { disjunct: 0, foundBy: 'attack' },
      disjuncts: { total: 1, proved: 0, open: 0 },
      seed: 1,
    });
    expect(result.margin).toBeGreaterThanOrEqual(0);
    const written = bench.read(join(result.counterexample.folder, 'counterexample.txt'));
    const [a = 0, b = 0, y = 0] = [...written.matchAll(/_\d ([^()\s]+)\)/g)].map(([, value]) =>
      Number(value),
    );
    expect(Math.max(Math.abs(a), Math.abs(b))).toBeLessThanOrEqual(1);
    expect(2 * Math.max(Math.abs(a), Math.abs(b))).toBeCloseTo(y, 5);
    expect(y).toBeGreaterThanOrEqual(1.9);
    const array = readFileSync(bench.path(join(result.counterexample.folder, 'input.npy')));
    expect(array.readFloatLE(array.length - 8)).toBe(a);
  });

  test('equal seeds give equal counterexamples, whatever the workers', async () => {
    const folder = async (...flags: string[]) =>
      JSON.parse((await prove('net.onnx', 'unsafe.vnnlib', '--json', ...flags)).stdout).counterexample.folder;
    expect(await folder('--workers', '1')).toBe(await folder('--workers', '2'));
  });

  test('a time that ends before anything is known: unknown, which is no pass', async () => {
    const { status, stdout } = await prove('net.onnx', 'open.vnnlib', '--timeout', '1ms');
    expect(status).toBe(1);
    expect(stdout).toContain('? unknown  the time is over');
    expect(stdout).toContain('best bound so far none');
  });
});

describe("the competition's result files", () => {
  const written = async (property: string, ...flags: string[]) => {
    await prove('net.onnx', property, '--vnncomp', 'results.txt', ...flags);
    return bench.read('results.txt');
  };

  test('unsat, timeout, and sat with every variable', async () => {
    expect(await written('safe.vnnlib')).toBe('unsat\n');
    expect(await written('open.vnnlib', '--timeout', '1ms')).toBe('timeout\n');
    expect(await written('unsafe.vnnlib')).toMatch(/^sat\n\(\(X_0 \S+\)\n\(X_1 \S+\)\n\(Y_0 \S+\)\)\n$/);
  });

  test('error, where it could not run', async () => {
    bench.write('wrong.vnnlib', '(declare-const X_0 Real)');
    expect(await written('wrong.vnnlib')).toBe('error\n');
  });
});

describe('errors: exit code 2 and one clear line', () => {
  const five = vnnlib(5, 1, [-1, 1], '(>= Y_0 2)');
  const outputs = vnnlib(2, 3, [-1, 1], '(>= Y_0 2)');
  const two =
    '(vnnlib-version <2.0>)\n(declare-network f (declare-input X float32 [1,2]) (declare-output Y float32 [1,1]))\n(declare-network g (equal-to f) (declare-input Z float32 [1,2]) (declare-output W float32 [1,1]))\n(assert (<= -1.0 X[0,0])) (assert (<= X[0,0] 1.0)) (assert (<= -1.0 X[0,1])) (assert (<= X[0,1] 1.0)) (assert (<= -1.0 Z[0,0])) (assert (<= Z[0,0] 1.0)) (assert (<= -1.0 Z[0,1])) (assert (<= Z[0,1] 1.0)) (assert (<= Y[0,0] W[0,0]))\n';
  bench.write('five.vnnlib', five);
  bench.write('outputs.vnnlib', outputs);
  bench.write('two.vnnlib', two);
  bench.write('syntax.vnnlib', '(assert (<= X_0 1)');
  test.each([
    ['none.onnx safe.vnnlib', 'FILE_NOT_FOUND', 'none.onnx'],
    ['net.onnx none.vnnlib', 'FILE_NOT_FOUND', 'none.vnnlib'],
    ['net.onnx syntax.vnnlib', 'INVALID_PROPERTY', 'syntax.vnnlib:1:'],
    ['net.onnx net.onnx', 'FILE_UNREADABLE', 'net.onnx'],
    ['safe.vnnlib safe.vnnlib', 'INVALID_MODEL', 'safe.vnnlib'],
    ['net.onnx five.vnnlib', 'INVALID_PROPERTY', 'declares 5 input elements, and net.onnx has 2'],
    ['net.onnx outputs.vnnlib', 'INVALID_PROPERTY', 'declares 3 output elements, and net.onnx has 1'],
    ['--network g=net.onnx two.vnnlib', 'USAGE', 'no file for network "f"'],
    ['--network f=net.onnx --network h=net.onnx two.vnnlib', 'USAGE', 'declares no network "h"'],
    ['--network f=net.onnx --network g=net.onnx.gz two.vnnlib', 'USAGE', '"g" is equal-to f, but is given'],
    ['--network f=net.onnx safe.vnnlib', 'USAGE', 'VNN-LIB 1.0, which names no networks'],
    ['--network f=net.onnx net.onnx two.vnnlib', 'USAGE', 'net.onnx is given as well'],
    ['net.onnx', 'USAGE', 'prove'],
    ['net.onnx safe.vnnlib --timeout soon', 'USAGE', '--timeout'],
    ['net.onnx safe.vnnlib --arithmetic exact', 'USAGE', '--arithmetic'],
    ['net.onnx safe.vnnlib --vnncomp none/there/../..', 'FILE_UNWRITABLE', ''],
  ])('%s', async (line, code, text) => {
    const { status, stderr } = await prove(...line.split(' '));
    expect(stderr).toContain(`error[${code}]`);
    expect(stderr).toContain(text);
    expect(status).toBe(2);
  });
});

/** Nothing bounds Hardmax, so that the attack goes on for long. */
const strange = modelOf(['batch', 3], [['Hardmax', ['x'], 'y']]);
bench.write('strange.onnx', encodeModel(strange));
bench.write('strange.vnnlib', vnnlib(3, 3, [-1, 1], '(>= Y_0 2)'));

test('Ctrl-C: unknown with what is known, and 130', async () => {
  const outcome = await bench.start(['prove', 'strange.onnx', 'strange.vnnlib'], (printed, kill) => {
    // The header comes when everything is open, before the attack, which goes on for minutes.
    if (printed.includes('seed 1')) setTimeout(() => kill('SIGINT'), 300);
  });
  expect(outcome.stdout).toContain('? unknown  interrupted');
  expect(outcome.status).toBe(130);
});

const families = new URL('../../../shared/benchmarks/', import.meta.url).pathname;
const there = existsSync(families);
if (!there) console.log(`skipped: no benchmarks in ${families}`);
test.skipIf(!there).each([
  ['test', 'test_nano', 'test_nano', 'proved'],
  ['test', 'test_sat', 'test_prop', 'violated'],
  ['acasxu', 'ACASXU_run2a_1_2_batch_2000', 'prop_2', 'violated'],
  ['acasxu', 'ACASXU_run2a_1_9_batch_2000', 'prop_3', 'violated'],
  ['acasxu', 'ACASXU_run2a_1_8_batch_2000', 'prop_4', 'violated'],
])('%s %s %s: %s', async (family, model, property, verdict) => {
  const place = (kind: string, name: string) => join(families, family, kind, `${name}.${kind}`);
  const { stdout } = await prove(
    place('onnx', model),
    place('vnnlib', property),
    '--json',
    '--timeout',
    '60s',
  );
  expect(JSON.parse(stdout).verdict).toBe(verdict);
});

describe('certificates', () => {
  test('a proof is checked, written, and accepted again', async () => {
    const { status, stdout } = await prove('net.onnx', 'open.vnnlib', '--certificate', 'open.cert', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'proved',
      checked: true,
      unchecked: null,
      certificate: { file: 'open.cert' },
    });
    const verified = await bench.call('verify-proof', 'open.cert', '--model', 'net.onnx', '--json');
    expect(JSON.parse(verified.stdout)).toMatchObject({
      accepted: true,
      arithmetic: 'deployed',
      engines: ['typescript', 'onnxruntime'],
    });
    expect(verified.status).toBe(0);
    const same = await bench.call(
      'verify-proof',
      'open.cert',
      '--model',
      'net.onnx',
      '--property',
      'open.vnnlib',
    );
    expect(same.stdout).toMatch(/✓ accepted .* by typescript and onnxruntime$/m);
    const other = await bench.call(
      'verify-proof',
      'open.cert',
      '--model',
      'net.onnx',
      '--property',
      'safe.vnnlib',
    );
    expect(other.stdout).toContain('another property');
    expect(other.status).toBe(1);
  });

  test('another file is another model: 1, with both hashes', async () => {
    await prove('net.onnx', 'safe.vnnlib', '--certificate', 'safe.cert');
    const { status, stdout } = await bench.call('verify-proof', 'safe.cert', '--model', 'net.onnx.gz');
    expect(stdout).toMatch(/✗ rejected .* another model: .*[0-9a-f]{64}.*[0-9a-f]{64} \(engine typescript\)/);
    expect(status).toBe(1);
    const other = await bench.call(
      ...['verify-proof', 'safe.cert', '--model', 'net.onnx.gz', '--engine', 'onnxruntime', '--json'],
    );
    expect(JSON.parse(other.stdout)).toMatchObject({
      engines: ['onnxruntime'],
      rejectedBy: 'onnxruntime',
      reason: 'wrong-model',
    });
  });

  test('what is no certificate: 1; what is no file: 2', async () => {
    const wrong = await bench.call('verify-proof', 'net.onnx', '--model', 'net.onnx');
    expect(wrong.stdout).toContain('✗ rejected');
    expect(wrong.status).toBe(1);
    expect((await bench.call('verify-proof', 'none.cert', '--model', 'net.onnx')).status).toBe(2);
    expect((await bench.call('verify-proof', 'none.cert')).status).toBe(2);
  });

  test('--no-certify and unknown operators: not checked, and why', async () => {
    const skipped = JSON.parse((await prove('net.onnx', 'safe.vnnlib', '--no-certify', '--json')).stdout);
    expect(skipped).toMatchObject({ verdict: 'proved', checked: false, unchecked: 'it was not asked for' });
    bench.write('curved.onnx', encodeModel(modelOf(['batch', 2], [['Exp', ['x'], 'y']])));
    bench.write('curved.vnnlib', vnnlib(2, 2, [-1, 1], '(>= Y_0 4.5)'));
    const curved = await prove('curved.onnx', 'curved.vnnlib', '--certificate', 'curved.cert', '--json');
    expect(JSON.parse(curved.stdout)).toMatchObject({ verdict: 'proved', checked: false, certificate: null });
    expect(JSON.parse(curved.stdout).unchecked).toContain('Exp');
    expect(existsSync(bench.path('curved.cert'))).toBe(false);
  });
});

// `marauder prove` on properties of several networks: verdicts, and counterexamples that anybody can replay from what is written.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { float32 } from '../../src/base/tensor.js';
import { encodeModel } from '../../src/program/emit.js';
import { createInlineRuntime } from '../../src/program/inline-runtime.js';
import { between, twoNetworks } from '../helpers/joint.js';
import { modelOf } from '../helpers/models.js';
import { Workbench } from './workbench.js';

const bench = new Workbench();
afterAll(bench.remove);

/** relu(x) + relu(x + shift) + 0.1 x: increasing, by at least 0.1 for 1. */
const net = (shift: number) =>
  encodeModel(
    modelOf(
      ['batch', 1],
      [
        ['Gemm', ['x', 'w', 'b'], 'h'],
        ['Relu', ['h'], 'r'],
        ['Gemm', ['r', 'v'], 'y'],
      ],
      { w: float32([1, 1, 0.1], [1, 3]), b: float32([0, shift, 10]), v: float32([1, 1, 1], [3, 1]) },
    ),
  );
const half = net(0.5);
bench.write('a.onnx', half);
bench.write('b.onnx', net(0.625));
bench.write('other.onnx', encodeModel(modelOf(['batch', 1], [['Sin', ['x'], 'y']])));

const same = ['(== X[0,0] Z[0,0])', between('X[0,0]', -1, 1)];
const ordered = ['(>= X[0,0] (+ Z[0,0] 0.25))', between('X[0,0]', -1, 1), '(>= Z[0,0] -1)'];
const write = (name: string, relation: string, ...assertions: string[]) =>
  bench.write(`${name}.vnnlib`, twoNetworks(1, 1, relation, ...assertions));
write('reflexive', '(equal-to f)', ...same, '(!= Y[0,0] W[0,0])');
write('increasing', '(equal-to f)', ...ordered, '(<= Y[0,0] (+ W[0,0] 0.02))');
write('steeper', '(equal-to f)', ...ordered, '(<= Y[0,0] (+ W[0,0] 0.03))');
write('near', '(isomorphic-to f)', ...same, '(or (>= Y[0,0] (+ W[0,0] 0.13)) (<= Y[0,0] (- W[0,0] 0.13)))');
write('far', '(isomorphic-to f)', ...same, '(or (>= Y[0,0] (+ W[0,0] 0.12)) (<= Y[0,0] (- W[0,0] 0.12)))');
/** True, by less than the rounding that proofs allow for: sums near 11 have a last place of 1e-6. */
write('edge', '(isomorphic-to f)', ...same, '(> (- W[0,0] Y[0,0]) 0.125003)');

const prove = async (...args: string[]) => await bench.call('prove', ...args);
const pair = ['--network', 'f=a.onnx', '--network', 'g=b.onnx'];

describe('proved', () => {
  test.each([
    ['a network gives the same for the same input', ['a.onnx', 'reflexive.vnnlib']],
    ['one network, monotone, by its name', ['--network', 'f=a.onnx', 'increasing.vnnlib']],
    [
      'the file of an equal network may be given, too',
      ['--network', 'g=./a.onnx', '--network', 'f=a.onnx', 'increasing.vnnlib'],
    ],
    ['two networks, near each other', [...pair, 'near.vnnlib']],
    ['as the competition names them', ['near.vnnlib', '--network', "[('f', 'a.onnx'), ('g', 'b.onnx')]"]],
  ])('%s', async (_, args) => {
    const { status, stdout, stderr } = await prove(...args);
    expect(stderr).toBe('');
    expect(stdout).toContain('✓ proved');
    expect(status).toBe(0);
  });

  test('the header and the JSON name files by networks', async () => {
    expect((await prove(...pair, 'near.vnnlib')).stdout).toMatch(
      /^marauder .* {2}f=a\.onnx {2}g=b\.onnx {2}near\.vnnlib/,
    );
    const result = JSON.parse((await prove(...pair, 'near.vnnlib', '--json')).stdout);
    expect(result).toMatchObject({
      verdict: 'proved',
      model: { file: 'a.onnx' },
      networks: [
        { name: 'f', file: 'a.onnx' },
        { name: 'g', file: 'b.onnx' },
      ],
      disjuncts: { total: 2, proved: 2 },
    });
    expect(result.networks[0].sha256).not.toBe(result.networks[1].sha256);
  });
});

const runtime = createInlineRuntime();
afterAll(runtime.close);

/** What the file gives for one input. */
async function outputOf(file: Uint8Array, x: number): Promise<number> {
  const session = await runtime.open(file);
  const results = await session.run({ x: float32([x], [1, 1]) });
  return Number(results.y?.data[0]);
}

/** X, Y, Z and W of a counterexample in VNN-LIB 2.0's format. */
function values(text: string): number[] {
  const pattern =
    /^X float32 \[1,1\]\n(\S+)\nY float32 \[1,1\]\n(\S+)\nZ float32 \[1,1\]\n(\S+)\nW float32 \[1,1\]\n(\S+)\n$/;
  expect(text).toMatch(pattern);
  return (pattern.exec(text) ?? []).slice(1).map(Number);
}

describe('violated', () => {
  test('not as steep as that: both inputs, and what the file gives for each', async () => {
    const { status, stdout } = await prove('a.onnx', 'steeper.vnnlib', '--json', '--vnncomp', 'results.txt');
    expect(status).toBe(1);
    const { verdict, counterexample } = JSON.parse(stdout);
    expect(verdict).toBe('violated');
    const results = bench.read('results.txt');
    expect(results.startsWith('sat\n')).toBe(true);
    const [x = 0, y, z = 0, w = 0] = values(results.slice(4));
    expect([x, z].map(Math.fround)).toEqual([x, z]);
    expect(x - z).toBeGreaterThanOrEqual(0.25);
    expect([x <= 1, z >= -1]).toEqual([true, true]);
    expect([y, w]).toEqual([await outputOf(half, x), await outputOf(half, z)]);
    expect(y).toBeLessThanOrEqual(w + 0.03);
    for (const name of ['f-input.npy', 'f-output.npy', 'g-input.npy', 'g-output.npy'])
      expect(existsSync(bench.path(join(counterexample.folder, name)))).toBe(true);
    expect(bench.read(join(counterexample.folder, 'counterexample.txt'))).toBe(results.slice(4));
  });

  test('two networks that differ by more', async () => {
    const { status, stdout } = await prove(...pair, 'far.vnnlib', '--vnncomp', 'results.txt');
    expect(stdout).toContain('✗ violated');
    expect(stdout).toMatch(/f-input\.npy, g-input\.npy and counterexample\.txt beside it/);
    expect(status).toBe(1);
    const [x, y = 0, z, w = 0] = values(bench.read('results.txt').slice(4));
    expect(x).toBe(z);
    expect(Math.abs(y - w)).toBeGreaterThanOrEqual(0.12);
  });
});

test('unknown on the edge, where rounding decides', async () => {
  const { status, stdout } = await prove(...pair, 'edge.vnnlib', '--timeout', '2s');
  expect(stdout).toMatch(/\? unknown .*\n {2}best bound so far -/);
  expect(status).toBe(1);
});

test('unknown where there was no time', async () => {
  expect((await prove(...pair, 'edge.vnnlib', '--timeout', '1ms')).stdout).toContain(
    '? unknown  the time is over',
  );
});

test.each([
  ['a.onnx near.vnnlib', 'USAGE', '2 networks with files of their own, "f", "g", and one file is given'],
  ['--network f=a.onnx near.vnnlib', 'USAGE', 'no file for network "g", which is isomorphic-to f'],
  [
    '--network f=a.onnx --network g=other.onnx near.vnnlib',
    'INVALID_PROPERTY',
    'other.onnx has another structure than a.onnx',
  ],
  ['--network f=a.onnx --network g=none.onnx near.vnnlib', 'FILE_NOT_FOUND', 'none.onnx'],
])('%s: exit code 2 and one clear line', async (line, code, text) => {
  const { status, stderr } = await prove(...line.split(' '));
  expect(stderr).toContain(`error[${code}]`);
  expect(stderr).toContain(text);
  expect(status).toBe(2);
});

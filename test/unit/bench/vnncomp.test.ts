// Instances of the competition: one network or several, and counterexamples that are run again.
import { expect, test } from 'vitest';
import { float32 } from '../../../src/base/tensor.js';
import { encodeModel } from '../../../src/program/emit.js';
import { modelArguments, readInstances } from '../../bench/vnncomp/instances.js';
import { refute } from '../../bench/vnncomp/refute.js';
import { isCounterexample } from '../../bench/vnncomp/replay.js';
import { processLimitMs } from '../../bench/vnncomp/run.js';
import { between, twoNetworks } from '../../helpers/joint.js';
import { modelOf } from '../../helpers/models.js';
import { folderOf } from '../policy/helpers.js';

const titles = 'onnx,vnnlib,timeout_s,expected';
const scaled = (by: number) =>
  encodeModel(modelOf(['batch', 1], [['Mul', ['x', 'by'], 'y']], { by: float32([by], [1]) }));

test('several networks are one quoted cell', () => {
  const folder = folderOf({
    'instances.csv': `${titles}\nnet.onnx,p.vnnlib,5,sat\n"[('f', 'a.onnx'), ('g', 'sub/b.onnx')]",./q.vnnlib,100,unsat\n`,
  });
  const [one, two] = readInstances(`${folder}/instances.csv`, undefined);
  expect(one && modelArguments(one)).toEqual([`${folder}/net.onnx`]);
  expect(two && modelArguments(two)).toEqual([
    '--network',
    `f=${folder}/a.onnx`,
    '--network',
    `g=${folder}/sub/b.onnx`,
  ]);
  expect(two).toMatchObject({ property: `${folder}/q.vnnlib`, timeoutSeconds: 100, expected: 'unsat' });
});

test.each(["\"[('f', 'a.onnx')\",p,5,sat", 'net.onnx,p.vnnlib,0,sat', 'net.onnx,p.vnnlib,5,maybe'])(
  '%s is refused',
  (line) => {
    const folder = folderOf({ 'instances.csv': `${titles}\n${line}\n` });
    expect(() => readInstances(`${folder}/instances.csv`, undefined)).toThrow();
  },
);

test('processes are given whole milliseconds, whatever the share of the time', () => {
  // 41599.99999999999 otherwise.
  expect(processLimitMs(720 * 0.03)).toBe(41_600);
});

const assignment = (x: number, y: number, z: number, w: number) =>
  `sat\nX float32 [1,1]\n${x}\nY float32 [1,1]\n${y}\nZ float32 [1,1]\n${z}\nW float32 [1,1]\n${w}\n`;

test.each<[string, string, string, boolean]>([
  ['holds', '', assignment(0.5, 1, 0.5, 1.5), true],
  ['outputs are what the files give, whatever is written', '', assignment(0.5, 7, 0.5, 8), true],
  ['of unequal inputs', '', assignment(0.5, 1, 0.25, 0.75), false],
  ['not far enough apart', '', assignment(0.125, 0.25, 0.125, 0.375), false],
  ['outside of the box', '', assignment(2, 4, 2, 6), false],
  ['a value too few', '', assignment(0.5, 1, 0.5, 1.5).replace(/1\.5\n$/, ''), false],
  ['of networks that are equal', '(equal-to f)', assignment(0.5, 1, 0.5, 1.5), false],
])('a counterexample of two networks: %s', async (_, relation, written, expected) => {
  const property = twoNetworks(
    1,
    1,
    relation,
    between('X[0,0]', 0, 1),
    '(== X[0,0] Z[0,0])',
    '(>= W[0,0] (+ Y[0,0] 0.25))',
  );
  const folder = folderOf({ 'p.vnnlib': property, 'a.onnx': scaled(2), 'b.onnx': scaled(3) });
  const named = [
    { name: 'f', file: `${folder}/a.onnx` },
    { name: 'g', file: `${folder}/b.onnx` },
  ];
  const models = relation === '' ? named : named.slice(0, 1);
  expect(await isCounterexample({ models, property: `${folder}/p.vnnlib` }, written)).toBe(expected);
});

test.each([
  ['a proof that no point refutes', '1.01', false],
  ['a proof that random points refute', '0.9', true],
  ['a proof that only a corner refutes', '1', true],
])('%s', async (_, least, refuted) => {
  const property = `(declare-const X_0 Real)(declare-const Y_0 Real)
(assert (>= X_0 0.0))(assert (<= X_0 0.5))(assert (>= Y_0 ${least}))`;
  const folder = folderOf({ 'p.vnnlib': property, 'net.onnx': scaled(2) });
  const instance = {
    models: [{ name: undefined, file: `${folder}/net.onnx` }],
    property: `${folder}/p.vnnlib`,
  };
  const found = await refute(instance, 2000);
  expect(found?.refuted).toBe(refuted);
  if (!refuted) expect(found?.points).toBeGreaterThanOrEqual(2000);
});

// The models that programs become: names, sizes, edge cases of shapes.
import { describe, expect, test } from 'vitest';
import { float32, float64, tensor, toNumbers } from '../../../src/base/tensor.js';
import { decodeModel } from '../../../src/onnx/decode.js';
import { evaluate } from '../../../src/program/compile.js';
import { emitModel } from '../../../src/program/emit.js';
import { grad } from '../../../src/program/grad.js';
import { Program } from '../../../src/program/program.js';
import { compute, inline, result } from '../../helpers/programs.js';

describe('names', () => {
  test('of inputs and outputs may be those that the emitter would use', async () => {
    const p = new Program();
    const [a, b] = [p.input('v0', 'float32', ['batch']), p.input('c1', 'float32', ['batch'])];
    const results = await compute(
      p,
      { c0: p.add(p.mul(a, 2), b), v1: p.mul(a, 3) },
      { v0: float32([1]), c1: float32([10]) },
    );
    expect([toNumbers(result(results, 'c0')), toNumbers(result(results, 'v1'))]).toEqual([[12], [3]]);
  });

  test('may hold any characters', async () => {
    const p = new Program();
    const x = p.input('serving/x:0', 'float32', ['batch']);
    const results = await compute(p, { 'y | 1': p.neg(x) }, { 'serving/x:0': float32([1]) });
    expect(toNumbers(result(results, 'y | 1'))).toEqual([-1]);
  });
});

test('values that are scaled twice, and summed after either, which ONNX Runtime 1.30 cannot fuse', async () => {
  const p = new Program();
  const x = p.sigmoid(p.input('x', 'float32', ['batch', 2]));
  const ones = p.constant(float32([1, 1], [2, 1]));
  const once = p.mul(x, 2);
  const twice = p.mul(once, 16);
  const results = await compute(
    p,
    { a: p.matmul(once, ones), b: p.matmul(twice, ones) },
    { x: float32([0, 0], [1, 2]) },
  );
  expect([toNumbers(result(results, 'a')), toNumbers(result(results, 'b'))]).toEqual([[2], [32]]);
});

test('a scale that overflows is not moved behind the sum, where it would not', async () => {
  const p = new Program();
  const large = p.mul(p.input('x', 'float32', ['batch', 2]), 3e38);
  const sum = p.matmul(large, p.constant(float32([2 ** -30, 2 ** -30], [2, 1])));
  const results = await compute(p, { sum }, { x: float32([2, 0.5], [1, 2]) });
  expect(toNumbers(result(results, 'sum'))).toEqual([Infinity]);
});

describe('shapes', () => {
  test('are declared, or nothing is said of them: the numbers are the same', async () => {
    const p = new Program();
    const x = p.input('x', 'float32', ['batch', 2]);
    const outputs = { y: p.add(p.mul(x, 2), p.reduceSum(x, [1])) };
    const declared = (model: Uint8Array) => {
      const { inputs, outputs: results } = decodeModel(model, { file: 'shapes.onnx' }).graph;
      return [...inputs, ...results].map(({ dtype, shape }) => [dtype, shape]);
    };
    const shape = ['batch', 2];
    expect(declared(emitModel(outputs))).toEqual([
      ['float32', shape],
      ['float32', shape],
    ]);
    expect(declared(emitModel(outputs, 'types'))).toEqual([
      ['float32', undefined],
      ['float32', undefined],
    ]);
    for (const optimization of ['disabled', 'program'] as const) {
      const results = await compute(p, outputs, { x: float32([1, 2, 3, 4], [2, 2]) }, { optimization });
      expect(toNumbers(result(results, 'y'))).toEqual([5, 7, 13, 15]);
    }
  });

  test('a batch of none', async () => {
    const p = new Program();
    const x = p.input('x', 'float32', ['batch', 4]);
    const y = p.reshape(p.relu(p.matmul(x, p.constant(float32(new Array(8).fill(1), [4, 2])))), [
      'batch',
      2,
      1,
    ]);
    const results = await compute(p, { y }, { x: float32([], [0, 4]) });
    expect(result(results, 'y').shape).toEqual([0, 2, 1]);
  });

  test('two open dimensions are reshaped and summed to', async () => {
    const p = new Program();
    const x = p.input('x', 'float32', ['batch', 'rows']);
    const y = p.reshape(x, ['batch', 1, 'rows']);
    const [dx = x] = grad(p, p.mul(p.constant(float32([1, 2, 3], [3, 1, 1])), x), [x]);
    const results = await compute(p, { y, dx }, { x: float32([1, 2, 3, 4, 5, 6], [2, 3]) });
    expect(result(results, 'y').shape).toEqual([2, 1, 3]);
    expect(result(results, 'dx')).toEqual(float32([6, 6, 6, 6, 6, 6], [2, 3]));
  });

  test('the gradient of a mean over the open batch', async () => {
    const p = new Program();
    const x = p.input('x', 'float64', ['batch', 2]);
    const [dx = x] = grad(p, p.reduceMean(x, [0, 1]), [x]);
    const results = await compute(p, { dx }, { x: float64([1, 2, 3, 4], [2, 2]) });
    expect(toNumbers(result(results, 'dx'))).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  test('gather by open indices, and its gradient', async () => {
    const p = new Program();
    const x = p.input('x', 'float32', [3, 2]);
    const at = p.input('at', 'int64', ['batch', 'k']);
    const y = p.gather(x, at, 0);
    const [dx = x] = grad(p, y, [x]);
    const places = tensor('int64', [2, 2], BigInt64Array.of(0n, 0n, 2n, 0n));
    const results = await compute(p, { y, dx }, { x: float32([1, 2, 3, 4, 5, 6], [3, 2]), at: places });
    expect(result(results, 'y').shape).toEqual([2, 2, 2]);
    expect(toNumbers(result(results, 'dx'))).toEqual([3, 3, 0, 0, 1, 1]);
  });
});

describe('types', () => {
  test.each(['float32', 'float64', 'int64', 'int32', 'uint8', 'bool'] as const)(
    'numbers stand for %s',
    async (dtype) => {
      const p = new Program();
      const x = p.input('x', dtype, ['batch']);
      expect([p.scalar(dtype, 1).dtype, p.fillLike(x, 1).dtype]).toEqual([dtype, dtype]);
      const feed = await evaluate(p, { one: p.cast(p.constant(float32([5])), dtype) }, inline);
      const results = await compute(p, { y: p.fillLike(x, 1) }, { x: result(feed, 'one') });
      expect(result(results, 'y').dtype).toBe(dtype);
      expect(toNumbers(result(results, 'y'))).toEqual([1]);
    },
  );

  test('padding keeps the type', async () => {
    const p = new Program();
    const padded = p.pad(p.input('x', 'int64', ['batch', 1]), [0, 1], [0, 0], 7);
    const results = await compute(p, { padded }, { x: tensor('int64', [1, 1], BigInt64Array.of(1n)) });
    expect(result(results, 'padded').data).toEqual(BigInt64Array.of(7n, 1n));
  });

  test('-0, infinities and NaN are filled in as they are', async () => {
    const p = new Program();
    const x = p.input('x', 'float32', ['batch']);
    const outputs = Object.fromEntries(
      [-0, 0, Infinity, -Infinity, NaN].map((value, at) => [`y${at}`, p.fillLike(x, value)]),
    );
    const results = await compute(p, outputs, { x: float32([1]) });
    expect(Object.keys(outputs).map((name) => result(results, name).data[0])).toEqual([
      -0,
      0,
      Infinity,
      -Infinity,
      NaN,
    ]);
  });
});

test('a deep program is neither built, differentiated nor written by recursion', () => {
  const p = new Program();
  const x = p.input('x', 'float32', ['batch']);
  let y = x;
  for (let depth = 0; depth < 20_000; depth++) y = p.add(y, 1);
  const [dx = x] = grad(p, y, [x]);
  expect(emitModel({ y: p.mul(y, dx) }).length).toBeGreaterThan(20_000);
});

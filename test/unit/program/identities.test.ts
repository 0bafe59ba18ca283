// Expressions that are another: which, and that they are the same for every number.
import { describe, expect, test } from 'vitest';
import { isFloat } from '../../../src/base/dtype.js';
import { float32, toNumbers } from '../../../src/base/tensor.js';
import { compile } from '../../../src/program/compile.js';
import { Program } from '../../../src/program/program.js';
import type { Value } from '../../../src/program/value.js';
import { inline, result } from '../../helpers/programs.js';

const specials = [Number.NaN, Infinity, -Infinity, 0, -0, 1.5, -1.5, 3e38, 1e-42, -1e-42];
const grid = specials.flatMap((a) => specials.map((b) => [a, b] as const));

type Pair = (p: Program, x: Value, y: Value) => Value;

/** What is written, and what it becomes. */
const identities: Readonly<Record<string, readonly [Pair, Pair]>> = {
  'x * 1': [(p, x) => p.mul(x, 1), (_p, x) => x],
  '1 * x': [(p, x) => p.mul(1, x), (_p, x) => x],
  'x / 1': [(p, x) => p.div(x, 1), (_p, x) => x],
  'x - 0': [(p, x) => p.sub(x, 0), (_p, x) => x],
  'x + -0': [(p, x) => p.add(x, -0), (_p, x) => x],
  '0 + |x|': [(p, x) => p.add(0, p.abs(x)), (p, x) => p.abs(x)],
  '0 + |x| |y|': [(p, x, y) => p.add(0, p.mul(p.abs(x), p.abs(y))), (p, x, y) => p.mul(p.abs(x), p.abs(y))],
  '||x| + |y||': [(p, x, y) => p.abs(p.add(p.abs(x), p.abs(y))), (p, x, y) => p.add(p.abs(x), p.abs(y))],
  '|max(|x|, 2)|': [(p, x) => p.abs(p.max(p.abs(x), 2)), (p, x) => p.max(p.abs(x), 2)],
  '|where(c, |x|, |y|)|': [
    (p, x, y) => p.abs(p.where(p.less(x, y), p.abs(x), p.abs(y))),
    (p, x, y) => p.where(p.less(x, y), p.abs(x), p.abs(y)),
  ],
  '-(-x)': [(p, x) => p.neg(p.neg(x)), (_p, x) => x],
  '||x||': [(p, x) => p.abs(p.abs(x)), (p, x) => p.abs(x)],
  '|-x|': [(p, x) => p.abs(p.neg(x)), (p, x) => p.abs(x)],
  'x + (-y)': [(p, x, y) => p.add(x, p.neg(y)), (p, x, y) => p.sub(x, y)],
  '(-x) + y': [(p, x, y) => p.add(p.neg(x), y), (p, x, y) => p.sub(y, x)],
  'x - (-y)': [(p, x, y) => p.sub(x, p.neg(y)), (p, x, y) => p.add(x, y)],
  'max(x, x)': [(p, x) => p.max(x, x), (_p, x) => x],
  'min(x, x)': [(p, x) => p.min(x, x), (_p, x) => x],
  'where(c, x, x)': [(p, x, y) => p.where(p.less(x, y), x, x), (_p, x) => x],
};

/** The expression as ONNX Runtime computes it when nothing is simplified: by names that the rules do not know. */
async function asWritten(build: Pair, pairs: readonly (readonly [number, number])[]): Promise<number[]> {
  const p = new Program();
  const [x, y] = [p.input('x', 'float32', ['batch']), p.input('y', 'float32', ['batch'])];
  // Behind an Identity, operands are no negations and no constants.
  const hidden: Program = new Proxy(p, {
    get: (target, name: keyof Program) => {
      const method = target[name];
      if (typeof method !== 'function') return method;
      return (...given: unknown[]) => {
        const values = given.map((value) =>
          typeof value === 'number' ? p.add(p.fillLike(x, value), p.fillLike(x, -0)) : value,
        );
        const value = (method as (...args: unknown[]) => Value).apply(target, values);
        return isFloat(value.dtype) ? p.detach(value) : value;
      };
    },
  });
  const session = await compile(p, { z: build(hidden, x, p.detach(y)) }, inline, {
    fold: false,
    optimization: 'disabled',
  });
  const feeds = { x: float32(pairs.map(([a]) => a)), y: float32(pairs.map(([, b]) => b)) };
  return toNumbers(result(await session.run(feeds), 'z'));
}

describe.each(Object.entries(identities))('%s', (_name, [written, shorter]) => {
  test('is the shorter expression', () => {
    const p = new Program();
    const [x, y] = [p.input('x', 'float32', ['batch', 3]), p.input('y', 'float32', ['batch', 3])];
    expect(written(p, x, y)).toBe(shorter(p, x, y));
  });

  test('is so for infinities, NaN and zeros of both signs', async () => {
    const [long, short] = [await asWritten(written, grid), await asWritten(shorter, grid)];
    long.forEach((value, at) => {
      expect(Object.is(value, short[at]), `${grid[at]}: ${value} and ${short[at]}`).toBe(true);
    });
  });
});

test('what is wrong for one number only stays as it is', () => {
  const p = new Program();
  const x = p.input('x', 'float32', ['batch', 3]);
  // -0 + 0 is 0.
  expect(p.add(x, 0)).not.toBe(x);
  expect(p.sub(x, -0)).not.toBe(x);
  // What Relu gives may be -0, and its magnitude is not.
  expect(p.abs(p.relu(x)).primitive).toBe('abs');
  expect(p.abs(p.max(x, 1)).primitive).toBe('abs');
  expect(p.abs(p.max(p.abs(x), -0)).primitive).toBe('abs');
  expect(p.abs(p.sub(p.abs(x), p.abs(x))).primitive).toBe('abs');
  // Infinity * 0 and x - x may be NaN.
  expect(p.mul(x, 0).primitive).toBe('mul');
  expect(p.sub(x, x).primitive).toBe('sub');
  expect(p.div(x, x).primitive).toBe('div');
  // A minus in front of an infinite product is no rounding, but -1 * x is a product all the same.
  expect(p.mul(x, -1).primitive).toBe('mul');
});

test('shapes and types count: what broadcasts is no identity', () => {
  const p = new Program();
  const x = p.input('x', 'float32', ['batch', 1]);
  const ones = p.constant(float32([1, 1, 1]));
  expect(p.mul(x, ones).shape).toEqual(['batch', 3]);
  expect(p.mul(x, p.constant(float32([1], [1, 1, 1]))).shape).toEqual([1, 'batch', 1]);
});

describe('movement', () => {
  test('of reshapes the last counts, where sizes stay known', () => {
    const p = new Program();
    const x = p.input('x', 'float32', ['batch', 2, 6]);
    const flat = p.reshape(x, ['batch', 12]);
    expect(p.reshape(flat, ['batch', 2, 6])).toBe(x);
    expect(p.reshape(flat, ['batch', 3, 4]).inputs).toEqual([x]);
    const rows = p.input('r', 'float32', ['batch', 'rows', 6]);
    const merged = p.reshape(rows, ['batch*rows', 6]);
    expect(p.reshape(merged, ['batch', 'rows', 6], rows)).toBe(rows);
  });

  test('of transposes, both in one', () => {
    const p = new Program();
    const x = p.input('x', 'float32', ['batch', 2, 6]);
    const turned = p.transpose(x, [2, 0, 1]);
    expect(p.transpose(turned, [1, 2, 0])).toBe(x);
    expect(p.transpose(turned, [0, 2, 1])).toBe(p.transpose(x, [2, 1, 0]));
    expect(() => p.transpose(turned, [0, 0, 1])).toThrow('transpose');
  });
});

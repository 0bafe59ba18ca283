// What is packed, and what is not.
import { expect, test } from 'vitest';
import { float32, toNumbers } from '../../../src/base/tensor.js';
import type { Dims } from '../../../src/program/dims.js';
import { grad } from '../../../src/program/grad.js';
import { packed } from '../../../src/program/packing/pack.js';
import { Program } from '../../../src/program/program.js';
import { reachable, type Value } from '../../../src/program/value.js';
import { compute, result } from '../../helpers/programs.js';

/** The upper line of ReLU between its bounds, roughly: seven nodes. */
function line(p: Program, lower: Value, upper: Value): Value {
  const slope = p.div(upper, p.sub(upper, lower));
  return p.mul(p.where(p.greaterOrEqual(lower, 0), 1, p.min(slope, 1)), p.neg(lower));
}

function layers(p: Program, shapes: readonly Dims[]): Record<string, Value> {
  const lines = shapes.map((shape, at) => {
    const [lower, upper] = [`lower${at}`, `upper${at}`].map((name) => p.input(name, 'float32', shape));
    return [`y${at}`, p.exp(line(p, lower as Value, upper as Value))] as const;
  });
  return Object.fromEntries(lines);
}

const count = (outputs: Readonly<Record<string, Value>>, primitive: string): number =>
  reachable(Object.values(outputs)).filter((value) => value.primitive === primitive).length;

test('layers of any sizes are computed in one: joined, computed once, cut', () => {
  const p = new Program();
  const plain = layers(p, [
    ['batch', 50],
    ['batch', 20],
    ['batch', 50],
    ['batch', 7],
  ]);
  const together = packed(p, plain);
  expect(count(plain, 'div')).toBe(4);
  expect(count(together, 'div')).toBe(1);
  expect(count(together, 'concat')).toBe(2);
  expect(count(together, 'piece')).toBe(4);
  expect(count(together, 'exp')).toBe(4);
});

test('vectors so large that copies cost more than nodes stay apart', () => {
  const p = new Program();
  const plain = layers(p, [
    ['batch', 64, 64],
    ['batch', 64, 64],
    ['batch', 64, 64],
  ]);
  expect(packed(p, plain)).toBe(plain);
});

test('rows of which nobody knows how many there are stay apart', () => {
  const p = new Program();
  const plain = layers(p, [
    ['batch', 'rows', 5],
    ['batch', 'rows', 5],
    ['batch', 'rows', 5],
  ]);
  expect(packed(p, plain)).toBe(plain);
});

test('one node for each of two layers is not worth the joining', () => {
  const p = new Program();
  const [a, b] = [p.input('a', 'float32', ['batch', 5]), p.input('b', 'float32', ['batch', 5])];
  const plain = { y: p.abs(a), z: p.abs(b) };
  expect(packed(p, plain)).toBe(plain);
});

test('what depends on another of its kind is computed after it', () => {
  const p = new Program();
  let value = p.input('x', 'float32', ['batch', 5]);
  for (let layer = 0; layer < 4; layer++) value = p.exp(line(p, value, p.tanh(value)));
  const plain = { value };
  expect(packed(p, plain)).toBe(plain);
});

test('the result of one pack may be read by another, in whatever shape', async () => {
  const p = new Program();
  const inputs = [0, 1, 2].map((at) => p.input(`x${at}`, 'float32', ['batch', 4]));
  const squares = inputs.map((x) => p.mul(p.add(x, 1), p.sub(x, 1)));
  const columns = squares.map((square) =>
    p.matmul(p.reshape(square, ['batch', 4, 1]), p.constant(float32([2], [1, 1]))),
  );
  const ends = columns.map((column, at) =>
    p.add(p.mul(p.reshape(column, ['batch', 4]), squares[at] as Value), p.constant(float32([at, 1, 2, 3]))),
  );
  const plain = Object.fromEntries(ends.map((end, at) => [`y${at}`, end]));
  const together = packed(p, plain);
  // Products of x + 1 and x - 1, and those with what was made of them.
  expect(count(together, 'mul')).toBe(2);
  expect(count(together, 'add')).toBe(2);
  const feeds = Object.fromEntries(inputs.map((_, at) => [`x${at}`, float32([1, 2, 3, at], [1, 4])]));
  const [one, other] = [await compute(p, plain, feeds, { pack: false }), await compute(p, plain, feeds)];
  for (const name of Object.keys(plain))
    expect(toNumbers(result(other, name))).toEqual(toNumbers(result(one, name)));
});

test('derivatives are taken first, and packed like all else', async () => {
  const p = new Program();
  const outputs = layers(p, [
    ['batch', 3],
    ['batch', 3],
    ['batch', 3],
    ['batch', 3],
  ]);
  const lowers = [0, 1, 2, 3].map((at) => p.input(`lower${at}`, 'float32', ['batch', 3]));
  const loss = Object.values(outputs).reduce((sum, y) => p.add(sum, y));
  const gradients = Object.fromEntries(grad(p, loss, lowers).map((value, at) => [`g${at}`, value]));
  const feeds = Object.fromEntries(
    [0, 1, 2, 3].flatMap((at) => [
      [`lower${at}`, float32([-1, -at, 1], [1, 3])],
      [`upper${at}`, float32([1, 2, 3], [1, 3])],
    ]),
  );
  expect(count(packed(p, gradients), 'div')).toBeLessThan(count(gradients, 'div'));
  const [one, other] = [
    await compute(p, gradients, feeds, { pack: false }),
    await compute(p, gradients, feeds),
  ];
  for (const name of Object.keys(gradients))
    expect(toNumbers(result(other, name))).toEqual(toNumbers(result(one, name)));
});

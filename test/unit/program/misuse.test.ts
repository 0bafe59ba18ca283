// A program that is put together wrongly is refused while it is built, with the shapes in the message.
import { describe, expect, test } from 'vitest';
import { float32 } from '../../../src/base/tensor.js';
import { emitModel } from '../../../src/program/emit.js';
import { grad } from '../../../src/program/grad.js';
import { Program } from '../../../src/program/program.js';
import { ProgramError } from '../../../src/program/program-error.js';

const p = new Program();
const x = p.input('x', 'float32', ['batch', 4]);
const image = p.input('image', 'float32', ['batch', 2, 5, 5]);
const double = p.input('double', 'float64', ['batch', 4]);
const flag = p.input('flag', 'bool', ['batch', 4]);
const places = p.input('places', 'int64', [3]);
const weight = p.constant(float32(new Array(3 * 2 * 2 * 2).fill(0), [3, 2, 2, 2]));
const window = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: 1 };

test.each<[string, () => unknown, string | RegExp]>([
  ['operands of two types', () => p.add(x, double), 'Add of float32 and float64'],
  ['shapes that do not broadcast', () => p.mul(x, p.constant(float32([1, 2, 3]))), '[batch, 4] and [3]'],
  ['two numbers', () => p.add(1, 2), 'two numbers'],
  ['a number that its type cannot hold', () => p.add(places, 0.5), '0.5 is not of type int64'],
  ['logic on numbers', () => p.and(x, x), 'And takes bool, not float32'],
  ['negated numbers', () => p.not(x), 'Not does not take float32'],
  ['a root of booleans', () => p.sqrt(flag), 'Sqrt takes floats, not bool'],
  ['a condition of numbers', () => p.where(x, x, x), 'where takes bool, T, T, not float32'],
  ['a cast to packed bits', () => p.cast(x, 'int4'), 'cast to int4 is not available'],
  ['an axis too far', () => p.reduceSum(x, [2]), '[batch, 4] has no axis 2'],
  ['softmax of a scalar', () => p.softmax(p.scalar('float32', 1), 0), '[] has no axis 0'],
  ['matrices that do not chain', () => p.matmul(x, x), 'matmul of float32[batch, 4] and float32[batch, 4]'],
  ['a vector in a product', () => p.matmul(x, p.constant(float32([1, 2, 3, 4]))), 'float32[4]'],
  ['a reshape to another size', () => p.reshape(x, ['batch', 5]), 'reshape of [batch, 4] to [batch, 5]'],
  ['a reshape with two new symbols', () => p.reshape(x, ['a', 'b']), 'more than one open dimension'],
  ['a transpose of too few axes', () => p.transpose(x, [0]), 'transpose of [batch, 4] by [0]'],
  ['a transpose with an axis twice', () => p.transpose(x, [0, 0]), 'by [0, 0]'],
  ['nothing to join', () => p.concat([], 0), 'applied to nothing'],
  ['parts that differ', () => p.concat([x, image], 1), 'concat of float32[batch, 4]'],
  [
    'the gradient of a join along the open axis',
    () => grad(p, p.reduceSum(p.concat([x, x], 0), [0, 1]), [x]),
    'has no fixed size',
  ],
  ['a slice past the end', () => p.slice(x, 1, 0, 5), 'slice from 0 to 5 by 1 along axis 1'],
  ['a slice backwards', () => p.slice(x, 1, 3, 0, -1), 'by -1'],
  ['a slice of the open axis', () => p.slice(x, 0, 0, 1), 'no fixed size'],
  ['padding with too few counts', () => p.pad(x, [1], [1], 0), 'pad of [batch, 4]'],
  ['padding below zero', () => p.pad(x, [0, -1], [0, 0], 0), 'pad of [batch, 4]'],
  ['padding of the open axis', () => p.pad(x, [1, 0], [0, 0], 0), 'open axis 0'],
  ['an expansion that would shrink', () => p.expandLike(image, x), /broadcast/],
  ['float indices', () => p.gather(x, x, 1), 'indices are integers, not float32'],
  ['indices of another rank', () => p.gatherElements(x, places, 1), 'indices [3] along axis 1 of [batch, 4]'],
  [
    'updates of another shape',
    () => p.scatterElements(p.reshape(places, [3]), places, p.scalar('int64', 1), 0),
    'scatter of int64[]',
  ],
  [
    'a kernel larger than the image',
    () => p.conv(image, weight, { ...window, dilations: [5, 5] }),
    'does not fit into',
  ],
  ['channels that differ', () => p.conv(image, weight, { ...window, group: 3 }), 'convolution of 2 channels'],
  ['strides for one axis of two', () => p.conv(image, weight, { ...window, strides: [1] }), 'strides [1]'],
  ['a stride of zero', () => p.conv(image, weight, { ...window, strides: [0, 1] }), 'strides [0,1]'],
  [
    'output padding of a whole stride',
    () => p.convTranspose(p.input('t', 'float32', ['batch', 3, 5, 5]), weight, window, [1, 0]),
    'output padding 1',
  ],
  [
    'an input of two types',
    () => p.input('x', 'float64', ['batch', 4]),
    'input "x" is float32[batch, 4] and float64',
  ],
  ['a program without outputs', () => emitModel({}), 'without outputs'],
  ['an output named as an input', () => emitModel({ x: p.add(x, 1) }), '"x" names an input and an output'],
  ['the gradient of an index', () => grad(p, p.argMax(x, 1), [x]), 'no gradient of a int64 value'],
])('%s', (_name, build, message) => {
  expect(build).toThrow(ProgramError);
  expect(build).toThrow(message);
});

describe('what looks odd and is right', () => {
  test('an input asked for twice is one', () => {
    expect(p.input('x', 'float32', ['batch', 4])).toBe(x);
  });

  test('reductions over nothing, casts to the same type and identical layouts are the value itself', () => {
    expect(p.reduceSum(x, [])).toBe(x);
    expect(p.cast(x, 'float32')).toBe(x);
    expect(p.transpose(x, [0, 1])).toBe(x);
    expect(p.slice(x, 1, 0, 4)).toBe(x);
    expect(p.pad(x, [0, 0], [0, 0], 1)).toBe(x);
    expect(p.concat([x], 1)).toBe(x);
  });

  test('axes count from the end, and twice is once', () => {
    expect(p.reduceSum(x, [-1, 1])).toBe(p.reduceSum(x, [1]));
    expect(p.softmax(x, -1)).toBe(p.softmax(x, 1));
  });
});

import { describe, expect, test } from 'vitest';
import { byteLength, type DType, dtypes } from '../../../src/base/dtype.js';
import { normalAxis, sameShape, sizeOf, stridesOf } from '../../../src/base/shape.js';
import {
  float32,
  float64,
  hasDType,
  int64,
  rows,
  tensor,
  toNumbers,
  zeros,
} from '../../../src/base/tensor.js';

describe('shapes', () => {
  test.each([
    [[], 1, []],
    [[4], 4, [1]],
    [[2, 3, 4], 24, [12, 4, 1]],
    [[2, 0, 4], 0, [0, 4, 1]],
  ])('%j has %i elements and strides %j', (shape, size, strides) => {
    expect(sizeOf(shape)).toBe(size);
    expect(stridesOf(shape)).toEqual(strides);
  });

  test('are compared axis by axis', () => {
    expect(sameShape([2, 3], [2, 3])).toBe(true);
    expect(sameShape([2, 3], [3, 2])).toBe(false);
    expect(sameShape([2], [2, 1])).toBe(false);
  });

  test('count axes from either end', () => {
    expect([normalAxis(0, 3), normalAxis(-1, 3), normalAxis(-3, 3)]).toEqual([0, 2, 0]);
  });
});

describe('tensors', () => {
  test('from numbers are vectors by default and keep an array that fits', () => {
    const data = Float32Array.of(1, 2);
    expect(float32(data).data).toBe(data);
    expect(float64([1, 2, 3]).shape).toEqual([3]);
    expect(int64([1, -2]).data).toEqual(BigInt64Array.of(1n, -2n));
  });

  test.each(Object.keys(dtypes) as (keyof typeof dtypes)[])(
    'of zeros of type %s take the bytes they need',
    (dtype) => {
      expect(zeros(dtype, [3]).data.byteLength).toBe(byteLength(dtype, 3));
      expect(zeros(dtype, [0]).data.length).toBe(0);
    },
  );

  test('say their type', () => {
    expect(hasDType(float32([1]), 'float32')).toBe(true);
    expect(hasDType(float32([1]), 'float64')).toBe(false);
  });

  test('give numbers where they hold numbers', () => {
    expect(toNumbers(int64([1, 2]))).toEqual([1, 2]);
    expect(toNumbers(tensor('bool', [2], Uint8Array.of(0, 1)))).toEqual([0, 1]);
    const bits: DType[] = ['float16', 'bfloat16', 'float8e4m3fn', 'float8e5m2fnuz', 'int4', 'uint4'];
    for (const dtype of bits)
      expect(() => toNumbers({ dtype, shape: [0], data: new Uint8Array(0) } as never)).toThrow(TypeError);
    expect(() => toNumbers(tensor('string', [1], ['1']))).toThrow(/string/);
  });
});

describe('rows', () => {
  const table = float32([0, 1, 2, 3, 4, 5], [3, 2]);

  test('share memory with the tensor', () => {
    const part = rows(table, 1, 3);
    expect(part.shape).toEqual([2, 2]);
    expect(Array.from(part.data)).toEqual([2, 3, 4, 5]);
    expect(part.data.buffer).toBe(table.data.buffer);
    expect(rows(table, 1, 1).shape).toEqual([0, 2]);
  });

  test('outside of the tensor, and of packed types, are refused', () => {
    expect(() => rows(table, 1, 4)).toThrow(RangeError);
    expect(() => rows(table, 2, 1)).toThrow(RangeError);
    expect(() => rows(zeros('int4', [2, 3]), 0, 1)).toThrow(TypeError);
  });
});

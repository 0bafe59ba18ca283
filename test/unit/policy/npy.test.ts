import { describe, expect, test } from 'vitest';
import { toNumbers } from '../../../src/base/tensor.js';
import { decodeNpy } from '../../../src/policy/data/npy.js';
import { failureOf } from './helpers.js';
import { npy, withHeader } from './npy-writer.js';
import { arrays, booleans, halves, refused } from './numpy-files.js';

const decode = (bytes: Buffer) => decodeNpy(bytes, 'a.npy');
const fromBase64 = (text: string) => Buffer.from(text, 'base64');

describe('files written by NumPy', () => {
  test.each(Object.entries(arrays))('%s', (_, base64) => {
    const read = decode(fromBase64(base64));
    expect(read.shape).toEqual([2, 3]);
    expect(toNumbers(read)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('bool becomes 0 and 1', () => {
    const { dtype, data } = decode(fromBase64(booleans));
    expect(dtype).toBe('bool');
    expect(data).toEqual(Uint8Array.from([0, 1, 0, 1, 1, 0]));
  });

  test('float16 is widened exactly', () => {
    const { dtype, data } = decode(fromBase64(halves.file));
    expect(dtype).toBe('float32');
    expect(Array.from(data, Number)).toEqual(halves.values);
  });

  const reasons = {
    object: 'pickled Python objects',
    text: 'text',
    complex: 'complex',
    records: 'records',
    date: 'dates',
  };
  test.each(Object.entries({ ...reasons, 'long double': 'unusual size' }))(
    '%s is refused',
    async (name, reason) => {
      const failure = await failureOf(() => decode(fromBase64(refused[name] ?? '')));
      expect(failure).toMatchObject({ code: 'INVALID_DATA', where: 'a.npy' });
      expect(failure.problem).toContain(reason);
    },
  );
});

test('the data may begin at any offset', () => {
  for (const pad of [0, 1, 2, 3, 4, 5, 6, 7]) {
    const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }${' '.repeat(pad)}\n`;
    expect(toNumbers(decode(withHeader(header, new Uint8Array(Float64Array.of(0.1).buffer))))).toEqual([0.1]);
  }
});

test('a scalar and an empty array have their shapes', () => {
  expect(decode(npy('f4', [], [7]))).toEqual({ dtype: 'float32', shape: [], data: Float32Array.of(7) });
  expect(decode(npy('i2', [0, 3], [])).shape).toEqual([0, 3]);
});

const header = (shape: string, descr = "'<f4'", order = 'False') =>
  `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
const four = new Uint8Array(4);

const mistakes: Record<string, [bytes: Buffer, problem: string]> = {
  empty: [Buffer.alloc(0), 'not a NumPy array'],
  'another format': [Buffer.from('PK\x03\x04 and so on'), 'not a NumPy array'],
  'unknown version': [withHeader(header('(1,)'), four, 9), '.npy version 9.0'],
  'cut within the magic': [npy('f4', [1], [1]).subarray(0, 8), 'ends within the header'],
  'cut within the header': [npy('f4', [1], [1]).subarray(0, 30), 'ends within the header'],
  'cut within the data': [
    npy('f4', [2], [1, 2]).subarray(0, -1),
    'shape [2] of float32, 8 bytes, but 7 follow',
  ],
  'bytes left over': [Buffer.concat([npy('f4', [1], [1]), four]), '4 bytes, but 8 follow'],
  'absurd shape': [withHeader(header('(999999999999999, 999999999999999)'), four), 'but 4 follow'],
  'shape whose product is no number': [
    withHeader(header(`(${'999999999999999, '.repeat(40)}0)`), four),
    'but 4 follow',
  ],
  'dimension beyond all integers': [withHeader(header('(99999999999999999999,)'), four), 'no valid "shape"'],
  'negative dimension': [withHeader(header('(-1,)'), four), 'no valid "shape"'],
  'no order': [withHeader(header('(1,)', "'<f4'", 'None'), four), 'no valid "fortran_order"'],
  'other keys': [withHeader(header("(1,), 'x': 1"), four), 'has more than'],
  'not a dictionary': [withHeader('__import__("os")\n', four), 'no valid "descr"'],
  'unknown type': [withHeader(header('(1,)', "'<q9'"), four), 'an unknown type (dtype "<q9")'],
};

test.each(Object.entries(mistakes))('%s', async (_, [bytes, problem]) => {
  const failure = await failureOf(() => decode(bytes));
  expect(failure.problem).toContain(problem);
  expect(failure).toMatchObject({ code: 'INVALID_DATA', where: 'a.npy' });
});

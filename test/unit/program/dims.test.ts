import { describe, expect, test } from 'vitest';
import {
  axisOf,
  broadcastAxes,
  broadcastDims,
  type Dims,
  maySameSize,
  productDim,
  staticDim,
  staticSize,
} from '../../../src/program/dims.js';
import { ProgramError } from '../../../src/program/program-error.js';

describe('broadcasting', () => {
  test.each<[Dims, Dims, Dims]>([
    [[], [], []],
    [[2, 3], [3], [2, 3]],
    [
      ['batch', 1],
      [1, 4],
      ['batch', 4],
    ],
    [['batch'], [], ['batch']],
    [
      ['batch', 3],
      ['batch', 1],
      ['batch', 3],
    ],
    [[1], ['batch', 1], ['batch', 1]],
    [
      [5, 1, 3],
      [4, 1],
      [5, 4, 3],
    ],
  ])('%j and %j give %j', (a, b, result) => {
    expect(broadcastDims(a, b)).toEqual(result);
    expect(broadcastDims(b, a)).toEqual(result);
  });

  test.each<[Dims, Dims]>([
    [[2], [3]],
    [['batch'], [3]],
    [['batch'], ['rows']],
  ])('%j and %j do not fit', (a, b) => {
    expect(() => broadcastDims(a, b)).toThrow(ProgramError);
  });

  test.each<[Dims, Dims, number[]]>([
    [['batch', 3], [3], [0]],
    [['batch', 3], [1, 3], [0]],
    [['batch', 3], ['batch', 1], [1]],
    [[2, 1], [1], [0]],
    [[2, 3], [2, 3], []],
  ])('from %j back to %j sums over %j', (from, to, axes) => {
    expect(broadcastAxes(from, to)).toEqual(axes);
  });
});

describe('products of open dimensions', () => {
  test('are equal when their factors are', () => {
    expect(productDim(['batch', 2, 3])).toBe('batch*6');
    expect(productDim(['batch*2', 3])).toBe('batch*6');
    expect(productDim(['rows', 'batch'])).toBe(productDim(['batch', 'rows']));
    expect(productDim([2, 3])).toBe(6);
    expect(productDim(['batch', 1])).toBe('batch');
    expect(productDim([])).toBe(1);
  });

  test.each<[Dims, Dims, boolean]>([
    [['batch', 4], ['batch*4'], true],
    [['batch', 4], ['batch', 5], false],
    [['batch', 4], ['rows', 2], true],
    [['batch', 4], [4], false],
    [[2, 3], [6], true],
    [[2, 3], [5], false],
  ])('%j may have the size of %j: %s', (a, b, expected) => {
    expect(maySameSize(a, b)).toBe(expected);
  });
});

test('what must be fixed says so where it is not', () => {
  expect(staticSize([2, 3])).toBe(6);
  expect(() => staticSize(['batch', 3])).toThrow('[batch, 3] has no fixed size');
  expect(staticDim(['batch', 3], 1)).toBe(3);
  expect(() => staticDim(['batch', 3], 0)).toThrow('axis 0 of [batch, 3]');
  expect(() => axisOf(2, [1, 1])).toThrow('[1, 1] has no axis 2');
  expect(axisOf(-1, [1, 1])).toBe(1);
});

// What inputs are taken for.
import { describe, expect, test } from 'vitest';
import { float32 } from '../../../src/base/tensor.js';
import { UserError } from '../../../src/base/user-error.js';
import { type DomainOptions, domainOf } from '../../../src/fuzz/domain.js';
import type { InputSet } from '../../../src/policy/input-set.js';

/** One box for all, or one around each seed. */
function setOf(
  shape: readonly number[],
  seeds: readonly number[],
  range: [number, number],
  radius?: number,
): InputSet {
  const size = shape.reduce((product, dim) => product * dim, 1);
  const count = seeds.length / size;
  const around = (end: number, sign: number) =>
    radius === undefined
      ? float32(new Float32Array(size).fill(end), [1, ...shape])
      : float32(
          seeds.map((value) => value + sign * radius),
          [count, ...shape],
        );
  return {
    shape,
    size,
    lower: around(range[0], -1),
    upper: around(range[1], 1),
    seeds: float32(seeds, [count, ...shape]),
    instanceOf: Int32Array.from({ length: count }, (_, at) => (radius === undefined ? 0 : at)),
    rowOf: Int32Array.from({ length: count }, (_, at) => at),
  };
}

const imageOf = (shape: readonly number[], options: DomainOptions = {}) => {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return domainOf(setOf(shape, Array<number>(size).fill(0.5), [0, 1]), undefined, options).image;
};

describe('images', () => {
  test.each([
    [[1, 28, 28], { channels: 1, height: 28, width: 28, order: 'CHW' }],
    [[3, 32, 24], { channels: 3, height: 32, width: 24, order: 'CHW' }],
    [[4, 5, 6], { channels: 4, height: 5, width: 6, order: 'CHW' }],
    [[32, 24, 3], { channels: 3, height: 32, width: 24, order: 'HWC' }],
    [[28, 28, 1], { channels: 1, height: 28, width: 28, order: 'HWC' }],
    // Either would do.
    [[4, 8, 4], { channels: 4, height: 8, width: 4, order: 'CHW' }],
    [[28, 20], { channels: 1, height: 28, width: 20, order: 'HW' }],
  ] as const)('%j', (shape, image) => expect(imageOf(shape)).toEqual(image));

  test.each([[784], [2, 28, 28], [3, 3, 28], [28, 3], [1, 1, 28, 28], [], [3, 28, 2]])(
    'none: [%j]',
    (...shape) => expect(imageOf(shape)).toBeUndefined(),
  );

  test('an option says what a flat vector is, or another order, or that it is none', () => {
    const image = { channels: 1, height: 28, width: 28 };
    expect(imageOf([784], { image })).toEqual({ ...image, order: 'CHW' });
    expect(imageOf([784], { image: { ...image, order: 'HWC' } })?.order).toBe('HWC');
    expect(imageOf([28, 28, 1], { image })?.order).toBe('HWC');
    expect(imageOf([2, 28, 28], { image: { ...image, channels: 2 } })?.channels).toBe(2);
    expect(imageOf([28, 28], { image: 'none' })).toBeUndefined();
  });

  test.each([
    [[784], { height: 28, width: 27, channels: 1 }],
    [[784], { height: 28, width: 14, channels: 2, order: 'HW' }],
    [[28, 28, 3], { height: 28, width: 28, channels: 3, order: 'CHW' }],
  ] as const)('an option that does not fit %j is refused', (shape, image) => {
    expect(() => imageOf(shape, { image })).toThrow(UserError);
  });
});

describe('whole numbers', () => {
  // Whole, whole and constant, fractions, whole in this row only.
  const seeds = [1, 5, 0.5, 2, 3, 5, 1.5, 2.5];
  const marks = (set: InputSet, rows?: Parameters<typeof domainOf>[1], options?: DomainOptions) =>
    domainOf(set, rows, options).integer;

  test('are columns that are whole in all seeds, with two values or more', () => {
    expect(marks(setOf([4], seeds, [0, 10]))).toEqual(Uint8Array.of(1, 0, 0, 0));
    expect(marks(setOf([4], seeds.slice(0, 4), [0, 10]))).toBeUndefined();
  });

  test('more rows say more', () => {
    const rows = float32([0, 4, 0, 0, 1, 5, 1, 1], [2, 4]);
    expect(marks(setOf([4], seeds, [0, 10]), rows)).toEqual(Uint8Array.of(1, 1, 0, 0));
    expect(marks(setOf([4], seeds, [0, 10]), float32([0.5, 1, 1, 1], [1, 4]))).toBeUndefined();
  });

  test('are none where the boxes ask for fractions', () => {
    expect(marks(setOf([4], seeds, [0, 10], 0.4))).toBeUndefined();
    expect(marks(setOf([4], seeds, [0, 10], 1))).toEqual(Uint8Array.of(1, 0, 0, 0));
  });

  test('are none in images', () => {
    const bytes = Array.from({ length: 32 }, (_, at) => at);
    expect(marks(setOf([4, 4], bytes, [0, 255]))).toBeUndefined();
    expect(marks(setOf([16], bytes, [0, 255]))).toEqual(new Uint8Array(16).fill(1));
  });

  test('are what an option says', () => {
    expect(marks(setOf([4], seeds, [0, 10]), undefined, { integer: [1] })).toEqual(Uint8Array.of(0, 1, 0, 0));
    expect(marks(setOf([4], seeds, [0, 10]), undefined, { integer: [] })).toBeUndefined();
  });

  test.each([2, 4, -1, 0.5])('an option for element %d is refused', (element) => {
    expect(() => marks(setOf([4], seeds, [0, 10]), undefined, { integer: [element] })).toThrow(UserError);
  });
});

test('the hull is that of all boxes', () => {
  const { lower, upper, size, shape } = domainOf(setOf([2], [0, 1, 4, -2], [0, 0], 1));
  expect([[...lower], [...upper], size, shape]).toEqual([[-1, -3], [5, 2], 2, [2]]);
});

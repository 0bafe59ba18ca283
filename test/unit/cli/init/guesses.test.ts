// Units, layouts and ranges that `marauder init` guesses.
import { describe, expect, test } from 'vitest';
import { float32 } from '../../../../src/base/tensor.js';
import { guessedRange, rangeOfRows } from '../../../../src/cli/init/range.js';
import { candidates, channelsOf, layoutOf } from '../../../../src/cli/init/units.js';

const words = (...given: Parameters<typeof candidates>) => candidates(...given).map((unit) => unit.words);

describe('units', () => {
  test.each([
    // Pixels, in an image or not.
    [{ least: 0, most: 255, whole: true }, 784, 1, 'times 1/255'],
    [{ least: 0, most: 200, whole: true }, 784, undefined, 'times 1/255'],
    [{ least: 0, most: 16, whole: true }, 64, 1, 'times 1/16'],
    // Not pixels.
    [{ least: 0, most: 1, whole: true }, 784, 1, 'as stored'],
    [{ least: 0, most: 0.99, whole: false }, 784, 1, 'as stored'],
    [{ least: 0, most: 254.5, whole: false }, 2700, 3, 'as stored'],
    [{ least: -3, most: 90, whole: true }, 784, 1, 'as stored'],
    [{ least: 0, most: 90, whole: true }, 5, undefined, 'as stored'],
  ])('%# %o', (range, size, channels, first) => {
    expect(words(range, size, channels)[0]).toBe(first);
  });

  test('what the model may also want', () => {
    expect(words({ least: 0, most: 255, whole: true }, 3072, 3)).toEqual([
      'times 1/255',
      'as stored',
      'times 1/255, normalised as to -1..1',
      'times 1/255, normalised as for ImageNet',
      'times 1/255, normalised as for CIFAR-10',
    ]);
  });
});

test.each([
  [[32, 32, 3], [3, 32, 32], 'nhwc-to-nchw'],
  [[3, 32, 48], [32, 48, 3], 'nchw-to-nhwc'],
  [[32, 48, 3], [32, 48, 3], 'nhwc'],
  [[3, 32, 32], [3, 32, 32], undefined],
  [[784], [1, 28, 28], undefined],
  [[5], [1, 1, 5], undefined],
])('layout of %o for %o', (stored, wanted, layout) => {
  expect(layoutOf(stored, wanted)).toBe(layout);
});

test.each([
  [[3, 32, 32], [], 3],
  [[32, 32, 3], [], 3],
  [[784], [28, 28], 1],
  [[784, 1], [28, 28], 1],
  [[1, 1, 5], [5], undefined],
  [[30], [30], undefined],
])('channels of %o with rows of %o', (wanted, stored, channels) => {
  expect(channelsOf(wanted, stored)).toBe(channels);
});

describe('ranges', () => {
  const rows = (values: number[][]) => ({
    name: 'x',
    inputs: float32(values.flat(), [values.length, values[0]?.length ?? 0]),
    labels: undefined,
  });

  test('of images: a usual one where it is filled', () => {
    expect(
      rangeOfRows(
        rows([
          [0, 0.5],
          [1, 0.2],
        ]),
        true,
      ).inputs,
    ).toEqual({ range: [0, 1] });
    expect(
      rangeOfRows(
        rows([
          [0, -0.5],
          [1, 0.2],
        ]),
        true,
      ).inputs,
    ).toEqual({ range: [-1, 1] });
    expect(rangeOfRows(rows([[-2.1179, 2.64]]), true).inputs).toEqual({ range: [-2.12, 2.65] });
  });

  test('of tables: one for each element, rounded outward', () => {
    const range = rangeOfRows(
      rows([
        [0.12345, 100, 7],
        [0.98765, -1234.5, 7],
      ]),
      false,
    );
    expect(range.inputs).toEqual({
      ranges: [
        [0.123, 0.988],
        [-1240, 100],
        [7, 7],
      ],
    });
    expect(range.width).toBeCloseTo(0.865);
  });

  test('without rows, by the shape', () => {
    expect([guessedRange(true).inputs, guessedRange(false).inputs]).toEqual([
      { range: [0, 1] },
      { range: [-1, 1] },
    ]);
  });
});

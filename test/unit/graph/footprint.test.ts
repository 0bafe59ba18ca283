// Estimates of memory against sums by hand.
import { expect, test } from 'vitest';
import { float32, int64 } from '../../../src/base/tensor.js';
import { footprintOf, weightBytes } from '../../../src/graph/footprint.js';
import { modelOf } from '../../helpers/models.js';
import { opened } from '../../helpers/opened.js';

test('a chain: values live from their node to their last reader', async () => {
  const w = float32(new Float32Array(4 * 100), [4, 100]);
  const v = float32(new Float32Array(100 * 3), [100, 3]);
  const file = modelOf(
    ['batch', 4],
    [
      ['MatMul', ['x', 'w'], 'h'],
      ['Relu', ['h'], 'r'],
      ['MatMul', ['r', 'v'], 'y'],
    ],
    { w, v },
  );
  const { model } = await opened(file);
  expect(weightBytes(file)).toBe(700 * 4);
  expect(footprintOf(model)).toEqual({
    activationBytes: (4 + 100 + 100 + 3) * 4,
    // h and r while Relu runs.
    peakBytes: 200 * 4,
    // Twice for their bounds, twice for what is computed on the way.
    intervalBytes: 200 * 4 * 4,
    coefficientBytes: 200 * 4,
  });
});

test('a skip connection keeps its value, and its coefficients, over the branch', async () => {
  const { model } = await opened(
    modelOf(
      ['batch', 10],
      [
        ['Relu', ['x'], 'a'],
        ['Sigmoid', ['a'], 'b'],
        ['Tanh', ['b'], 'c'],
        ['Add', ['a', 'c'], 'y'],
      ],
    ),
  );
  const { peakBytes, coefficientBytes } = footprintOf(model);
  // a, b and c while Tanh runs; a, c and y while Add does.
  expect(peakBytes).toBe(30 * 4);
  // Backwards: y, a and c; then a, c and b; then a and b.
  expect(coefficientBytes).toBe(30 * 4);
});

test('what no data reaches takes no activations; other types take their own size', async () => {
  const { model } = await opened(
    modelOf(
      ['batch', 6],
      [
        ['Identity', ['shape'], 's'],
        ['Reshape', ['x', 's'], 'r'],
        ['Cast', ['r'], 'd', { to: 11 }],
        ['Cast', ['d'], 'y', { to: 1 }],
      ],
      { shape: int64([-1, 2, 3]) },
    ),
  );
  expect(footprintOf(model)).toMatchObject({
    activationBytes: 6 * (4 + 4 + 8 + 4),
    peakBytes: 6 * (4 + 8),
    coefficientBytes: 12 * 4,
  });
});

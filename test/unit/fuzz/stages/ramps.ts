// Networks whose decision boundaries are known.
import { float32 } from '../../../../src/base/tensor.js';
import type { TypedModel } from '../../../../src/graph/typed-model.js';
import { typed } from '../networks.js';

/** x [batch, width] -> two logits, bias and x0: class 1 where x0 > bias. */
export const threshold = (bias: number, width = 2): Promise<TypedModel> =>
  typed(
    ['batch', width],
    [
      ['MatMul', ['x', 'pick'], 'first'],
      ['Mul', ['first', 'mask'], 'masked'],
      ['Add', ['masked', 'bias'], 'y'],
    ],
    {
      // Both columns are x0; the mask keeps the second.
      pick: float32(
        Float32Array.from({ length: 2 * width }, (_, at) => (at < 2 ? 1 : 0)),
        [width, 2],
      ),
      mask: float32([0, 1], [2]),
      bias: float32([bias, 0], [2]),
    },
  );

/**
 * x [batch, n] in [-1, 1] -> relu(mean(+-x) + 0.5) -> two logits: class 1 only where the mean is above 0.9, in one corner of the
 * box. Noise of half the box's width, clipped to it, does not come near; the gradient leads straight there.
 */
export function corner(width: number): Promise<TypedModel> {
  const signs = Float32Array.from({ length: width }, (_, at) => (at % 3 === 0 ? -1 : 1) / width);
  return typed(
    ['batch', width],
    [
      ['Gemm', ['x', 'w', 'b'], 'h'],
      ['Relu', ['h'], 'r'],
      ['Gemm', ['r', 'v', 'c'], 'y'],
    ],
    {
      w: float32(signs, [width, 1]),
      b: float32([0.5], [1]),
      v: float32([0, 4], [1, 2]),
      c: float32([4 * 1.4, 0], [2]),
    },
  );
}

/** x [batch, n] -> logits 3.5 and the sum of the elements. */
export const summing = (width: number): Promise<TypedModel> =>
  typed(['batch', width], [['Gemm', ['x', 'w', 'b'], 'y']], {
    w: float32(
      Float32Array.from({ length: 2 * width }, (_, at) => at % 2),
      [width, 2],
    ),
    b: float32([3.5, 0], [2]),
  });

// Classifiers that bounds of whole boxes, or gradients, do not decide.
import { float32, type Tensor } from '../../src/base/tensor.js';
import type { Model } from '../../src/graph/graph.js';
import { modelOf, type NodeShorthand } from './models.js';

/**
 * Class 0 has `level`, class 1 |a + b| + |a - b| = 2 max(|a|, |b|), where a and b are the means of the first and the second half of
 * the inputs. Relaxed each by itself over [-1, 1], it may be 4; it is at most 2.
 */
export function kinked(inputs: number, level: number): Model {
  const share = 2 / inputs;
  const w = Array.from({ length: inputs }, (_, at) =>
    at < inputs / 2 ? [share, -share, share, -share] : [share, -share, -share, share],
  );
  return modelOf(
    ['batch', inputs],
    [
      ['Gemm', ['x', 'w'], 'h'],
      ['Relu', ['h'], 'r'],
      ['Gemm', ['r', 'v', 'c'], 'y'],
    ],
    {
      w: float32(w.flat(), [inputs, 4]),
      v: float32([0, 1, 0, 1, 0, 1, 0, 1], [4, 2]),
      c: float32([level, 0]),
    },
  );
}

/** Class 1 has more than class 0, which has 0.5, only within about 1e-4 of one point of two inputs; elsewhere its slope is 0. */
export function needle(at: readonly [number, number]): Model {
  const steep = 5000;
  const constants: Record<string, Tensor> = {
    w: float32([steep, -steep, 0, 0, 0, 0, steep, -steep], [2, 4]),
    b: float32([-steep * at[0], steep * at[0], -steep * at[1], steep * at[1]]),
    down: float32([-1, -1, -1, -1], [4, 1]),
    one: float32([1]),
    v: float32([0, 1], [1, 2]),
    c: float32([0.5, 0]),
  };
  const nodes: NodeShorthand[] = [
    ['Gemm', ['x', 'w', 'b'], 'h'],
    ['Relu', ['h'], 'distances'],
    ['Gemm', ['distances', 'down', 'one'], 'near'],
    ['Relu', ['near'], 'hat'],
    ['Gemm', ['hat', 'v', 'c'], 'y'],
  ];
  return modelOf(['batch', 2], nodes, constants);
}

/** Class 0 wins by a root, which is not a number within 1e-6 of one point of two inputs. */
export function hole(at: readonly [number, number]): Model {
  return modelOf(
    ['batch', 2],
    [
      ['Sub', ['x', 'center'], 'd'],
      ['Abs', ['d'], 'a'],
      ['Gemm', ['a', 'sum', 'little'], 's'],
      ['Sqrt', ['s'], 'r'],
      ['Gemm', ['r', 'v', 'c'], 'y'],
    ],
    {
      center: float32([at[0], at[1]], [1, 2]),
      sum: float32([1, 1], [2, 1]),
      little: float32([-1e-6]),
      v: float32([1, 0], [1, 2]),
      c: float32([1, 0]),
    },
  );
}

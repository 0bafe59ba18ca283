// Linear maps along one axis, by a constant matrix.
import { float32 } from '../base/tensor.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';

export type AxisMatrix = {
  readonly axis: number;
  /** [rows, columns], of float32 numbers. */
  readonly weights: Float32Array;
  readonly rows: number;
  readonly columns: number;
};

/** x [...a, columns, ...b] -> [...a, rows, ...b]. */
export function alongAxis(p: Program, x: Value, { axis, weights, rows, columns }: AxisMatrix): Value {
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const matrix = p.cast(p.constant(float32(weights, [rows, columns])), x.dtype);
  const whole = after.length === 0 ? p.reshape(x, [...x.shape, 1]) : p.mergeInto(x, axis + 1);
  return p.reshape(p.matmul(matrix, whole), [...before, rows, ...after]);
}

// A sum of rows with weights as one float32 row with a limit, and what that is worth.
import type { Rows } from '../../types.js';

export type Combined = {
  /** [outputs], [inputs] */
  readonly outputs: Float32Array<ArrayBuffer>;
  readonly inputs: Float32Array<ArrayBuffer>;
  /** Where outputs . y + inputs . x is greater, the sum of weight * (row - bound) is positive. */
  readonly limit: number;
};

/** Greatest |y| and |x| of each output and input over the box. */
export type Magnitudes = { readonly outputs: ArrayLike<number>; readonly inputs: ArrayLike<number> };

const unit = 2 ** -53;

/**
 * With S the exact sum of weighted coefficients and f the float32 number that stands for it, |S z - f z| <= |S - f| |z|. In float64 each
 * coefficient and the limit is a sum of n products: it is off by at most (2n + 2) units of the sum of their magnitudes, generously.
 */
export function combined(rows: Rows, weights: ArrayLike<number>, magnitudes: Magnitudes): Combined {
  const rounding = (2 * rows.count + 2) * unit;
  const sumOf = (values: ArrayLike<number>, size: number, at: number) => {
    let [sum, magnitude] = [0, 0];
    for (let row = 0; row < rows.count; row++) {
      const term = (weights[row] ?? 0) * (values[row * size + at] ?? 0);
      sum += term;
      magnitude += Math.abs(term);
    }
    return { sum, error: magnitude * rounding };
  };
  let [slack, terms] = [0, 0];
  const row = (values: Float32Array, greatest: ArrayLike<number>) =>
    Float32Array.from({ length: values.length / rows.count }, (_, at) => {
      const { sum, error } = sumOf(values, values.length / rows.count, at);
      const rounded = Math.fround(sum);
      const off = Math.abs(sum - rounded) + error;
      if (off > 0) slack += off * (greatest[at] ?? Infinity);
      terms++;
      return rounded;
    });
  const [outputs, inputs] = [row(rows.outputs, magnitudes.outputs), row(rows.inputs, magnitudes.inputs)];
  const { sum, error } = sumOf(rows.bounds, 1, 0);
  // All terms are sums of numbers that are not negative: the slack's own rounding is relative.
  const raised = (error + slack) * (1 + (terms + 8) * 2 * unit);
  return { outputs, inputs, limit: sum + raised + (Math.abs(sum) + raised) * 4 * unit };
}

/** One row as it is, which takes nothing. */
export function single(rows: Rows, row: number): Combined {
  const of = (values: Float32Array<ArrayBuffer>) => {
    const size = values.length / rows.count;
    return values.slice(row * size, (row + 1) * size);
  };
  return { outputs: of(rows.outputs), inputs: of(rows.inputs), limit: rows.bounds[row] ?? Infinity };
}

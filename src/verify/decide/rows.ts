// Constraints of a disjunct as float32 rows for bound programs. Coefficients are rounded, and bounds raised by what that can change.
import type { LinearConstraint, Terms } from '../../policy/vnnlib/property.js';
import type { Rows } from '../branch/types.js';
import type { Float32Box } from './boxes.js';

/** Greatest |y| of each output over the box; asked for only where a coefficient is no float32 number. */
export type Magnitudes = ArrayLike<number>;

/** Whether bounding these constraints needs the magnitudes of outputs. */
export const needsMagnitudes = (constraints: readonly LinearConstraint[]): boolean =>
  constraints.some(({ outputs }) => outputs.coefficients.some((value) => nearest(value) !== value));

/**
 * Rows that every point satisfies which satisfies the constraints. With f = float32(c): |c y - f y| = |c - f| |y|, where c - f is
 * exact in float64 (both are multiples of c's last place, and the difference is below f's); the sum of these is rounded up.
 */
export function rowsOf(
  constraints: readonly LinearConstraint[],
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
  box: Float32Box,
  magnitudes: Magnitudes | undefined,
): Rows {
  const rows = {
    count: constraints.length,
    outputs: new Float32Array(constraints.length * outputs),
    inputs: new Float32Array(constraints.length * inputs),
    bounds: new Float64Array(constraints.length),
  };
  constraints.forEach((constraint, row) => {
    const outputSlack = write(constraint.outputs, rows.outputs, row * outputs, (at) => magnitudes?.[at]);
    const inputSlack = write(constraint.inputs, rows.inputs, row * inputs, (at) => greatest(box, at));
    const terms = constraint.outputs.indices.length + constraint.inputs.indices.length;
    rows.bounds[row] = raised(constraint.bound, outputSlack + inputSlack, terms);
  });
  return rows;
}

const greatest = ({ lower, upper }: Float32Box, at: number): number =>
  Math.max(Math.abs(lower[at] ?? Infinity), Math.abs(upper[at] ?? Infinity));

/** Writes rounded coefficients from `from` on; what that can change of the sum, rounded to nearest. */
function write(
  { indices, coefficients }: Terms,
  target: Float32Array,
  from: number,
  magnitude: (at: number) => number | undefined,
): number {
  let change = 0;
  indices.forEach((index, at) => {
    const exact = coefficients[at] ?? 0;
    const rounded = nearest(exact);
    target[from + index] = rounded;
    if (rounded !== exact)
      change += Math.abs(exact - rounded) * (magnitude(index) ?? Infinity) + Number.MIN_VALUE;
  });
  return change;
}

/** 0 for what is beyond float32. */
function nearest(value: number): number {
  const near = Math.fround(value);
  return Number.isFinite(near) ? near : 0;
}

/** bound + slack, rounded up: products, sums and this sum each lose at most 2^-53 of what they are. */
function raised(bound: number, slack: number, terms: number): number {
  if (slack === 0) return bound;
  const up = slack * (1 + (terms + 2) * 2 ** -52);
  return bound + up + (Math.abs(bound) + up) * 2 ** -52;
}

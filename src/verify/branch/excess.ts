// How near a point is to being a counterexample.
import type { BranchRequest, OpenDisjunct, Rows } from './types.js';

/**
 * A point that bounding came upon: it is replayed where it looks like a counterexample, else the attack is told of it.
 * @returns true where it was confirmed
 */
export async function tryPoint(
  { tryPoints, suggest }: Pick<BranchRequest, 'tryPoints' | 'suggest'>,
  { index, rows }: OpenDisjunct,
  x: Float32Array,
  y: Float32Array,
): Promise<boolean> {
  const excess = excessOf(rows, x, y);
  if (excess <= 0) return tryPoints(index, x.slice());
  suggest(index, x, excess);
  return false;
}

/** By how much the greatest row exceeds its limit: at most 0 where the point is a counterexample; NaN where a row is. */
export function excessOf(rows: Rows, x: Float32Array, y: Float32Array): number {
  let greatest = -Infinity;
  for (let row = 0; row < rows.count; row++) {
    const sum = dot(rows.outputs, row * y.length, y) + dot(rows.inputs, row * x.length, x);
    const excess = sum - (rows.bounds[row] ?? -Infinity);
    if (Number.isNaN(excess)) return excess;
    if (excess > greatest) greatest = excess;
  }
  return greatest;
}

function dot(weights: Float32Array, first: number, values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const weight = weights[first + i] ?? 0;
    if (weight !== 0) sum += weight * (values[i] ?? 0);
  }
  return sum;
}

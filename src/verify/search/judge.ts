// How near points are to violating their disjuncts, from the network's outputs.
import type { ConstraintTable } from './table.js';

/** Row-major; each point is judged by its own disjunct. */
export type JudgedPoints = {
  /** [n, inputs] */
  readonly points: Float32Array;
  /** [n, outputs] */
  readonly results: Float32Array;
  /** [n] */
  readonly targets: Int32Array;
};

/** [n]: by how much the greatest row of a point's disjunct exceeds its bound; NaN where a row is. */
export function greatestRows(
  table: ConstraintTable,
  { points, results, targets }: JudgedPoints,
): Float32Array {
  const margins = new Float32Array(targets.length);
  const { outputs } = table;
  const inputs = points.length / targets.length;
  for (let at = 0; at < targets.length; at++) {
    const first = (targets[at] ?? 0) * table.rows;
    let greatest = -Infinity;
    for (let row = first; row < first + table.rows; row++) {
      const value = rowValue(table, row, results, at * outputs, points, at * inputs - outputs);
      if (value <= greatest) continue;
      greatest = value;
      if (Number.isNaN(value)) break;
    }
    margins[at] = greatest;
  }
  return margins;
}

/** Terms read z = (y, x) in one vector. @param shift where x would begin if y came before it */
function rowValue(
  { terms, indices, coefficients, bounds, outputs }: ConstraintTable,
  row: number,
  results: Float32Array,
  firstResult: number,
  points: Float32Array,
  shift: number,
): number {
  let sum = 0;
  for (let term = row * terms; term < (row + 1) * terms; term++) {
    const coefficient = coefficients.data[term] ?? 0;
    if (coefficient === 0) continue;
    const index = indices[term] ?? 0;
    sum +=
      coefficient * ((index < outputs ? results[firstResult + index] : points[shift + index]) ?? Number.NaN);
  }
  return sum - (bounds.data[row] ?? 0);
}

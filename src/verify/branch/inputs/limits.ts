// What every counterexample in a box satisfies: linear bounds of rows, those of larger boxes too, are at most the rows' limits. Bounds of
// hidden values need to hold there only, and are tighter for it (Zhou et al., arXiv 2512.11087).
import type { Space } from './space.js';
import { coefficientsOf, constantsOf, lowerOf, type Subproblem, upperOf } from './subproblem.js';
import { isLimiting } from './within.js';

/** coefficients . x + excess <= 0 at every counterexample of a box. */
export type Limit = {
  /** [inputs] */
  readonly coefficients: Float32Array;
  readonly excess: number;
};

/** All limits that are known of a box of which the rows are bounded. */
export const limitsOf = (space: Space, box: Subproblem): Limit[] => {
  const { packing } = space;
  const forms = {
    coefficients: coefficientsOf(packing, box.data),
    constant: constantsOf(packing, box.data),
  };
  return [...(box.limits ?? []), ...limitsOfRows(space, box, forms, 0)];
};

/** Limits by linear bounds of the specification's rows. @param first where those of the box begin */
export const limitsOfRows = (
  { packing: { inputs }, disjuncts }: Space,
  { disjunct }: Subproblem,
  { coefficients, constant }: { readonly coefficients: Float32Array; readonly constant: Float32Array },
  first: number,
): Limit[] =>
  Array.from(disjuncts[disjunct]?.rows.bounds ?? [], (bound, at) => ({
    coefficients: coefficients.slice((first + at) * inputs, (first + at + 1) * inputs),
    excess: (constant[first + at] ?? Number.NaN) - bound,
  }));

/** The limits of a box that leave out some of it: others say nothing of it, or of its parts. */
export function limitsWithin({ packing }: Space, { data, limits = [] }: Subproblem): readonly Limit[] {
  const sides = { low: lowerOf(packing, data), high: upperOf(packing, data) };
  return limits.filter((limit) => isLimiting(sides, limit));
}

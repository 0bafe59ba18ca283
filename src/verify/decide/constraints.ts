// A disjunct at one point, in float64: what decides whether a point is a counterexample.
import type { Disjunct, LinearConstraint, Terms } from '../../policy/vnnlib/property.js';

type Values = ArrayLike<number>;

function sum({ indices, coefficients }: Terms, values: Values): number {
  let total = 0;
  for (let at = 0; at < indices.length; at++)
    total += (coefficients[at] ?? Number.NaN) * (values[indices[at] ?? -1] ?? Number.NaN);
  return total;
}

/** inputs . x + outputs . y - bound. */
export const excess = ({ inputs, outputs, bound }: LinearConstraint, x: Values, y: Values): number =>
  sum(inputs, x) + sum(outputs, y) - bound;

/** Comparisons with NaN are false. */
export const satisfies = ({ constraints }: Disjunct, x: Values, y: Values): boolean =>
  constraints.every((constraint) => {
    const over = excess(constraint, x, y);
    return constraint.strict ? over < 0 : over <= 0;
  });

/**
 * By how much every constraint on outputs is satisfied: the least slack. Those on inputs alone hold or do not, and equalities never
 * by more than nothing. Infinity where there are no constraints, NaN where an output is.
 */
export const slack = ({ constraints }: Disjunct, x: Values, y: Values): number =>
  constraints
    .filter(({ outputs }) => outputs.indices.length > 0)
    .reduce((least, constraint) => Math.min(least, 0 - excess(constraint, x, y)), Infinity);

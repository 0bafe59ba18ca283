// Disjuncts against bounds of inputs and outputs: whether one is empty, without looking inside the network.
import type { Disjunct, LinearConstraint, Terms } from '../policy/vnnlib/property.js';

type Values = ArrayLike<number>;
export type Bounds = { readonly lower: Values; readonly upper: Values };

/**
 * By how much every input of the disjunct's box exceeds one of its constraints, at least: positive where it is empty. -Infinity where
 * nothing is known.
 */
export const leastExcess = ({ constraints, ...box }: Disjunct, outputs: Bounds): number =>
  constraints.reduce((most, constraint) => Math.max(most, excessBelow(constraint, box, outputs)), -Infinity);

/** Lower bound of inputs . x + outputs . y - bound in real arithmetic. */
function excessBelow({ inputs, outputs, bound }: LinearConstraint, x: Bounds, y: Bounds): number {
  const [a, b] = [leastSum(inputs, x), leastSum(outputs, y)];
  const size = a.size + b.size + Math.abs(bound);
  const count = inputs.indices.length + outputs.indices.length;
  // Each product, sum and difference rounds by 2^-53 of what there is in all, or underflows.
  const least = a.sum + b.sum - bound - (count + 4) * (2 ** -52 * size + Number.MIN_VALUE);
  return Number.isNaN(least) ? -Infinity : least;
}

function leastSum({ indices, coefficients }: Terms, { lower, upper }: Bounds) {
  let [sum, size] = [0, 0];
  for (let at = 0; at < indices.length; at++) {
    const [element, coefficient] = [indices[at] ?? -1, coefficients[at] ?? Number.NaN];
    const term = coefficient * ((coefficient > 0 ? lower[element] : upper[element]) ?? Number.NaN);
    sum += term;
    size += Math.abs(term);
  }
  return { sum, size };
}

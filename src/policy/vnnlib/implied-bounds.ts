// Bounds that a file does not state but its linear constraints on inputs imply: X_g >= X_f and X_g <= X_f bound X_g as X_f is.
import type { LinearConstraint } from './property.js';

type Box = { readonly lower: Float64Array; readonly upper: Float64Array };

export const isBounded = ({ lower, upper }: Box): boolean =>
  !lower.includes(-Infinity) && !upper.includes(Infinity);

/** Fills sides of the box that are infinite, in place, as far as the constraints bound them; rounded outward. */
export function fillBounds(box: Box, constraints: readonly LinearConstraint[]): void {
  if (isBounded(box)) return;
  const onInputs = constraints.filter(({ outputs }) => outputs.indices.length === 0);
  // Every sweep but the last fills a side, so that there is an end.
  while (onInputs.map((constraint) => fillBy(box, constraint)).includes(true));
}

/** @returns whether a side was filled */
function fillBy(box: Box, constraint: LinearConstraint): boolean {
  const { indices, coefficients } = constraint.inputs;
  let filled = false;
  indices.forEach((input, at) => {
    const side = (coefficients[at] ?? 0) > 0 ? box.upper : box.lower;
    if (Number.isFinite(side[input])) return;
    const bound = impliedBy(box, constraint, at);
    if (!Number.isFinite(bound)) return;
    side[input] = bound;
    filled = true;
  });
  return filled;
}

/** What the constraint says of the input of one term: its greatest value where the coefficient is positive, else its least. */
function impliedBy(box: Box, { inputs, bound }: LinearConstraint, own: number): number {
  const { indices, coefficients } = inputs;
  let [rest, size, isExact] = [0, Math.abs(bound), indices.length === 2];
  for (const [at, input] of indices.entries()) {
    if (at === own) continue;
    const a = coefficients[at] ?? 0;
    const least = a * ((a > 0 ? box.lower[input] : box.upper[input]) ?? Number.NaN);
    rest += least;
    size += Math.abs(least);
    isExact &&= Math.abs(a) === 1;
  }
  const a = coefficients[own] ?? 0;
  const quotient = (bound - rest) / a;
  // X_g <= X_f and its like: exactly the other's bound.
  if (isExact && Math.abs(a) === 1 && (bound === 0 || rest === 0)) return quotient + 0;
  // Products, sums, the difference and the quotient round once each, by 2^-53 of what there is in all.
  const slack = ((indices.length + 4) * 2 ** -52 * size + Number.MIN_VALUE) / Math.abs(a);
  return a > 0 ? quotient + slack : quotient - slack;
}

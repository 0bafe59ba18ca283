// Constraints of a disjunct as combinations to bound: positive where the constraint is missed by more than the claimed margin.
import type { Constraint } from '../findings/certificate/certificate.js';
import { double, reachOf } from './arithmetic.js';
import type { Combination, View } from './backward.js';
import { type Bounds, boundsAt } from './bounds.js';
import type { Network } from './network.js';

export type Claim = {
  readonly constraints: readonly Constraint[];
  readonly margin: number;
  /** Instead of constraints: every value is. */
  readonly finite?: true | undefined;
};

/** Each constraint by itself. */
export const singly = (network: Network, view: View, { constraints, margin }: Claim): Combination[] =>
  constraints.map((constraint) => combined(network, view, { constraints: [constraint], margin }, [1]));

/** Of element z of a step: multiplier (z - at) is not negative in the part that is bounded. */
export type Multiplied = {
  readonly step: number;
  readonly element: number;
  readonly multiplier: number;
  readonly at: number;
};

/**
 * The sum of constraints with weights, none negative: where it is positive, one of them is, if one has a weight at all. What is not
 * negative is taken away. Coefficients are rounded: each is a sum of so many products.
 */
export function combined(
  { steps, output }: Network,
  view: View,
  { constraints, margin }: Claim,
  weights: ArrayLike<number>,
  multiplied: readonly Multiplied[] = [],
): Combination {
  const start = new Map<number, Float64Array>();
  const terms: number[] = [];
  let [cost, entries] = [0, constraints.length + multiplied.length];
  const add = (step: number, element: number, coefficient: number) => {
    const own = start.get(step) ?? new Float64Array(steps[step]?.size ?? 0);
    start.set(step, own);
    own[element] = (own[element] ?? Number.NaN) + coefficient;
    cost += Math.abs(coefficient) * reachIn(boundsAt(view.known.bounds, step), element);
    entries++;
  };
  const subtract = (term: number) => {
    terms.push(-term);
    cost += Math.abs(term);
  };
  constraints.forEach((constraint, at) => {
    const weight = weights[at] ?? 0;
    if (weight === 0) return;
    for (const [step, { indices, coefficients }] of [
      [output, constraint.outputs],
      [0, constraint.inputs],
    ] as const)
      for (const [which, index] of indices.entries())
        add(step, index, weight * (coefficients[which] ?? Number.NaN));
    subtract(weight * constraint.bound);
    subtract(weight * margin);
  });
  for (const { step, element, multiplier, at } of multiplied) {
    if (multiplier === 0) continue;
    add(step, element, -multiplier);
    subtract(-multiplier * at);
  }
  return { view, start, terms, cost: cost * (entries + 8) * 2 * double };
}

const reachIn = ({ lower, upper }: Bounds, element: number): number =>
  reachOf(lower[element] ?? Number.NaN, upper[element] ?? Number.NaN);

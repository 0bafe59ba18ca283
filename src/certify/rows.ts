// Constraints of a disjunct as combinations to bound: positive where the constraint is missed by more than the claimed margin.
import type { Constraint } from '../findings/certificate/certificate.js';
import { double, reachOf } from './arithmetic.js';
import type { Combination, View } from './backward.js';
import type { Network } from './network.js';

/** Each constraint by itself. */
export const singly = (
  network: Network,
  view: View,
  constraints: readonly Constraint[],
  margin: number,
): Combination[] => constraints.map((constraint) => combined(network, view, [constraint], [1], margin));

/**
 * The sum of constraints with weights, none negative: where it is positive, one of them is, if one has a weight at all. Its
 * coefficients are rounded: each is a sum of so many products.
 */
export function combined(
  network: Network,
  view: View,
  constraints: readonly Constraint[],
  weights: ArrayLike<number>,
  margin: number,
): Combination {
  const { steps, output } = network;
  const outputs = new Float64Array(steps[output]?.size ?? 0);
  const inputs = new Float64Array(steps[0]?.size ?? 0);
  const terms: number[] = [];
  let [cost, entries] = [0, 0];
  const add = (form: Constraint['inputs'], step: number, target: Float64Array, weight: number) => {
    const bounds = view.known.bounds[step];
    form.indices.forEach((index, at) => {
      const product = weight * (form.coefficients[at] ?? Number.NaN);
      target[index] = (target[index] ?? Number.NaN) + product;
      cost +=
        Math.abs(product) * reachOf(bounds?.lower[index] ?? Number.NaN, bounds?.upper[index] ?? Number.NaN);
      entries++;
    });
  };
  constraints.forEach((constraint, at) => {
    const weight = weights[at] ?? 0;
    if (weight === 0) return;
    add(constraint.outputs, output, outputs, weight);
    add(constraint.inputs, 0, inputs, weight);
    for (const term of [weight * constraint.bound, weight * margin]) {
      terms.push(-term);
      cost += Math.abs(term);
    }
  });
  const start =
    output === 0
      ? new Map([[0, summed(outputs, inputs)]])
      : new Map([
          [output, outputs],
          [0, inputs],
        ]);
  return { view, start, terms, cost: cost * (entries + constraints.length + 8) * 2 * double };
}

const summed = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, at) => value + (b[at] ?? 0));

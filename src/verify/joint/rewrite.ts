// Constraints over inputs and outputs of several networks, as constraints over coordinates and the outputs of the joint model.
import type { Source } from '../../graph/joint-product.js';
import type { LinearConstraint, Terms } from '../../policy/vnnlib/property.js';

/** What is left where no variable is. */
export type Constant = 'always' | 'never';

export type Rewriting = {
  /** By input. */
  readonly sources: readonly Source[];
  /** By output of the property: its place among those of the joint model. */
  readonly outputs: Int32Array;
  /** Greatest |z| of each coordinate. */
  readonly magnitudes: Float64Array;
};

type Sum = { value: number; error: number };

/** Coefficients added exactly: the error is what the float64 sum is off by. */
function add(sums: Map<number, Sum>, place: number, coefficient: number): void {
  const { value, error } = sums.get(place) ?? { value: 0, error: 0 };
  const total = value + coefficient;
  const part = total - value;
  const lost = value - (total - part) + (coefficient - part);
  sums.set(place, { value: total, error: error + Math.abs(lost) });
}

/** Satisfied wherever the constraint is: where coefficients cannot be added exactly, the bound is raised by what that can matter. */
export function rewritten(constraint: LinearConstraint, rewriting: Rewriting): LinearConstraint | Constant {
  const inputs = summed(constraint.inputs, (input) => {
    const { base, offset } = rewriting.sources[input] ?? { base: 0 };
    return offset === undefined ? [base] : [base, offset];
  });
  const outputs = summed(constraint.outputs, (output) => [rewriting.outputs[output] ?? 0]);
  let slack = 0;
  for (const [place, { error }] of inputs) slack += error * (rewriting.magnitudes[place] ?? Infinity);
  const bound = slack === 0 ? constraint.bound : raised(constraint.bound, slack, inputs.size);
  const result = { ...constraint, inputs: termsOf(inputs), outputs: termsOf(outputs), bound };
  if (result.inputs.indices.length + result.outputs.indices.length > 0) return result;
  return isNever(constraint, bound, rewriting) ? 'never' : 'always';
}

/** Whether outputs that are the same value add up exactly in every constraint: else they are kept apart. */
export const addExactly = (constraints: Iterable<LinearConstraint>, outputs: Int32Array): boolean => {
  for (const { outputs: terms } of constraints)
    for (const { error } of summed(terms, (output) => [outputs[output] ?? 0]).values())
      if (error > 0) return false;
  return true;
};

function summed({ indices, coefficients }: Terms, placesOf: (index: number) => readonly number[]) {
  const sums = new Map<number, Sum>();
  indices.forEach((index, at) => {
    for (const place of placesOf(index)) add(sums, place, coefficients[at] ?? 0);
  });
  return sums;
}

function termsOf(sums: ReadonlyMap<number, Sum>): Terms {
  const places = [...sums].filter(([, { value }]) => value !== 0).sort(([a], [b]) => a - b);
  return {
    indices: Int32Array.from(places, ([place]) => place),
    coefficients: Float64Array.from(places, ([, { value }]) => value),
  };
}

/** bound + slack, rounded up: each product, sum and error lost 2^-53 of itself at most. */
const raised = (bound: number, slack: number, terms: number): number =>
  bound + slack * (1 + (terms + 4) * 2 ** -52) + (Math.abs(bound) + slack) * 2 ** -52;

/**
 * Nothing satisfies 0 <= bound, or 0 < bound where strict, even as the constraint is evaluated on the inputs and outputs themselves:
 * two terms cancel exactly in float64, more leave 2^-53 of what they are.
 */
function isNever(
  { inputs, outputs, strict }: LinearConstraint,
  bound: number,
  rewriting: Rewriting,
): boolean {
  const terms = inputs.indices.length + outputs.indices.length;
  if (terms === 2) return strict ? bound <= 0 : bound < 0;
  if (outputs.indices.length > 0) return false;
  let size = Math.abs(bound);
  inputs.indices.forEach((input, at) => {
    const { base, offset } = rewriting.sources[input] ?? { base: 0 };
    const most = (rewriting.magnitudes[base] ?? Infinity) + (offset === undefined ? 0 : Infinity);
    size += Math.abs(inputs.coefficients[at] ?? 0) * most;
  });
  return bound < -size * (terms + 4) * 2 ** -52;
}

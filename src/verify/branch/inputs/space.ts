// What all sub-problems of one request share.
import type { OpenDisjunct, Rows } from '../types.js';
import type { Packing } from './subproblem.js';

export type HiddenValue = {
  /** First of its elements among all hidden ones. */
  readonly offset: number;
  readonly size: number;
  /** Where only the sign of an element matters. */
  readonly kinkOnly: boolean;
  /** Elements that one call bounds again, at most. */
  readonly most: number;
  /** Whether linear bounds of a whole box say of each part all that can be known. */
  readonly inherited: boolean;
};

export type Space = {
  readonly packing: Packing;
  readonly hidden: readonly HiddenValue[];
  readonly disjuncts: readonly OpenDisjunct[];
  /** What one call has memory for. */
  readonly boxesPerCall: number;
  /** Elements of one hidden value that one call for a single box has memory for. */
  readonly elementsPerCall: number;
  /** That one row takes. */
  readonly bytesPerRow: number;
};

/** Coefficients [n, rows, outputs] and [n, rows, inputs] of a batch of boxes, by the disjuncts that they are of; rows that are missing are 0. */
export function specification(
  { packing, disjuncts }: Space,
  of: readonly number[],
  outputSize: number,
): { readonly outputs: Float32Array<ArrayBuffer>; readonly inputs: Float32Array<ArrayBuffer> } {
  const { inputs: inputSize, rows } = packing;
  const outputs = new Float32Array(of.length * rows * outputSize);
  const inputs = new Float32Array(of.length * rows * inputSize);
  of.forEach((disjunct, at) => {
    const spec = disjuncts[disjunct]?.rows;
    if (spec === undefined) return;
    outputs.set(spec.outputs, at * rows * outputSize);
    inputs.set(spec.inputs, at * rows * inputSize);
  });
  return { outputs, inputs };
}

/** The greatest bound of a row over its limit; NaN never counts. @param first where the bounds of the box begin */
export function greatestBound(rows: Rows | undefined, bounds: Float32Array, first: number): number {
  let greatest = -Infinity;
  for (let row = 0; row < (rows?.count ?? 0); row++) {
    const excess = (bounds[first + row] ?? -Infinity) - (rows?.bounds[row] ?? Infinity);
    if (excess > greatest) greatest = excess;
  }
  return greatest;
}

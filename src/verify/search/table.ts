// Constraints of all disjuncts in one shape, sparse, for programs that judge a batch of points of different disjuncts.
import { float32, type Tensor } from '../../base/tensor.js';
import type { Disjunct, LinearConstraint } from '../../policy/vnnlib/property.js';

/** Row r of disjunct d: sum over t of coefficients[d, r, t] z[indices[d, r, t]] - bounds[d, r], of z = (y, x) in one vector. */
export type ConstraintTable = {
  readonly disjuncts: number;
  readonly rows: number;
  readonly terms: number;
  /** Elements of y. */
  readonly outputs: number;
  /** Whether any row reads an input. */
  readonly readsInputs: boolean;
  /** [disjuncts, rows * terms] */
  readonly indices: Int32Array;
  readonly coefficients: Tensor<'float32'>;
  /** [disjuncts, rows] */
  readonly bounds: Tensor<'float32'>;
};

/** Disjuncts with fewer rows than others repeat their first one, which does not change the greatest of them. */
export function tableOf(disjuncts: readonly Disjunct[], outputs: number): ConstraintTable {
  const all = disjuncts.map(({ constraints }) => constraints);
  const rows = greatest(all.map(({ length }) => length));
  const terms = greatest(all.flat().map(termCount));
  const count = disjuncts.length;
  const indices = new Int32Array(count * rows * terms);
  const coefficients = new Float32Array(indices.length);
  const bounds = new Float32Array(count * rows);
  all.forEach((constraints, disjunct) => {
    for (let row = 0; row < rows; row++) {
      const constraint = constraints[row] ?? constraints[0];
      if (constraint === undefined) continue;
      const place = disjunct * rows + row;
      bounds[place] = constraint.bound;
      let at = place * terms;
      for (const [index, coefficient] of termsOf(constraint, outputs)) {
        indices[at] = index;
        coefficients[at++] = coefficient;
      }
    }
  });
  return {
    disjuncts: count,
    rows,
    terms,
    outputs,
    readsInputs: all.flat().some(({ inputs }) => inputs.indices.length > 0),
    indices,
    coefficients: float32(coefficients, [count, rows * terms]),
    bounds: float32(bounds, [count, rows]),
  };
}

const greatest = (counts: readonly number[]): number =>
  counts.reduce((most, count) => Math.max(most, count), 1);

const termCount = ({ inputs, outputs }: LinearConstraint): number =>
  inputs.indices.length + outputs.indices.length;

function* termsOf({ inputs, outputs }: LinearConstraint, shift: number): Iterable<readonly [number, number]> {
  for (const [at, index] of outputs.indices.entries()) yield [index, outputs.coefficients[at] ?? 0];
  for (const [at, index] of inputs.indices.entries()) yield [shift + index, inputs.coefficients[at] ?? 0];
}

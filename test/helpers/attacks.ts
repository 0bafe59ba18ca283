// Made-up properties to attack, whose violations are known.
import { noDeadline } from '../../src/base/deadline.js';
import { float32 } from '../../src/base/tensor.js';
import type { Encode } from '../../src/ops/encoding.js';
import { boxesAround, type InputSet, wholeRange } from '../../src/policy/input-set.js';
import type { InputRange } from '../../src/policy/policy.js';
import type { Program } from '../../src/program/program.js';
import type { Value } from '../../src/program/value.js';
import type { AttackBudget, AttackTarget } from '../../src/verify/attack.js';

/** A property from its margin [batch, 1]: violated where that is not positive. */
export const violatedBelow =
  (margin: (p: Program, x: Value, target: Value) => Value, differentiable = true): Encode =>
  (p, x, target) => {
    const value = p.reshape(margin(p, x, target), x.shape.slice(0, 1));
    return {
      violated: p.not(p.greater(value, 0)),
      margin: value,
      losses: differentiable ? [value] : [],
      nonFinite: p.isNaN(value),
      output: { name: 'margin', value },
      hidden: [],
    };
  };

/** Greatest distance of an element from the planted point, minus the region's radius. */
export const planted = (point: readonly number[], radius: number, differentiable = true): Encode =>
  violatedBelow((p, x) => {
    const distance = p.abs(p.sub(x, p.constant(float32(point, [1, point.length]))));
    return p.sub(p.reduceMax(distance, [1]), radius);
  }, differentiable);

export const ranged = (low: number, high: number): InputRange => ({ ranges: [[low, high]] });

const datasetOf = (rows: readonly (readonly number[])[]) => ({
  name: 'rows',
  inputs: float32(rows.flat(), [rows.length, rows[0]?.length ?? 0]),
  labels: undefined,
});

export const balls = (
  rows: readonly (readonly number[])[],
  epsilon: number,
  range = ranged(0, 1),
): InputSet => boxesAround(datasetOf(rows), 0, epsilon, range);

export const oneBox = (seeds: readonly (readonly number[])[], range = ranged(0, 1)): InputSet =>
  wholeRange([seeds[0]?.length ?? 0], range, datasetOf(seeds), 0);

export const targetOf = (encode: Encode, set: InputSet, batched = true): AttackTarget => ({
  encode,
  set,
  targets: new Int32Array(set.lower.shape[0] ?? 0),
  batched,
});

export const budgetOf = (executionsPerInstance: number): AttackBudget => ({
  executionsPerInstance,
  deadline: noDeadline,
});

export const allOf = ({ lower }: InputSet): number[] => [...new Array(lower.shape[0] ?? 0).keys()];

/** `count` rows of numbers in [0, 1). */
export const rowsOf = (count: number, size: number, uniform: () => number): number[][] =>
  Array.from({ length: count }, () => Array.from({ length: size }, uniform));

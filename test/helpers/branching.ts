// Questions for branching: random rows over random boxes, and requests about them.
import { createRng } from '../../src/base/rng.js';
import type { TypedModel } from '../../src/graph/typed-model.js';
import type { Runtime } from '../../src/program/session.js';
import type { BranchRequest, OpenDisjunct, Rows } from '../../src/verify/branch/types.js';
import type { Draw } from './draw.js';
import { outputSize } from './linear-bounds.js';
import { inline } from './programs.js';

/** The product of row `row` of a matrix with a vector, in float64. */
export function dot(matrix: Float32Array | undefined, row: number, x: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const factor = matrix?.[row * x.length + i] ?? 0;
    if (factor !== 0) sum += factor * (x[i] ?? 0);
  }
  return sum;
}

/** The greatest excess of a row over its limit at one point. */
export function greatestExcess(rows: Rows, x: ArrayLike<number>, y: ArrayLike<number>): number {
  let greatest = -Infinity;
  for (let row = 0; row < rows.count; row++)
    greatest = Math.max(
      greatest,
      dot(rows.outputs, row, y) + dot(rows.inputs, row, x) - (rows.bounds[row] ?? 0),
    );
  return greatest;
}

/** Disjuncts with one, two, ... rows, of which some have coefficients of the input, over one box. */
export function questionOf(model: TypedModel, draw: Draw, count = 2) {
  const features = model.input.shape.slice(model.batched ? 1 : 0).map(Number);
  const inputs = features.reduce((size, dim) => size * dim, 1);
  const outputs = outputSize(model);
  const lower = Float32Array.from(draw.tensor([inputs]).data);
  const upper = Float32Array.from(lower, (low) => low + draw.uniform() * draw.pick([0.01, 0.3, 2]));
  const disjuncts = Array.from({ length: count }, (_, index): OpenDisjunct => {
    const rows: Rows = {
      count: index + 1,
      outputs: Float32Array.from(draw.tensor([index + 1, outputs]).data),
      inputs: Float32Array.from(draw.tensor([index + 1, inputs]).data, (a) => (index === 0 ? 0 : a)),
      bounds: new Float64Array(index + 1),
    };
    return { index, lower, upper, rows, known: new Float64Array(index + 1).fill(-Infinity) };
  });
  /** n points along each of two axes. */
  const grid = (n: number): Float32Array =>
    Float32Array.from({ length: 2 * n * n }, (_, at) => {
      const [axis, point] = [at % 2, at >> 1];
      const share = (axis === 0 ? point % n : Math.floor(point / n)) / (n - 1);
      const [low, high] = [lower[axis] ?? 0, upper[axis] ?? 0];
      return Math.min(high, Math.max(low, low + share * (high - low)));
    });
  return { disjuncts, grid };
}

/** A request that ends after some rounds and confirms no counterexample. */
export function requestOf(
  model: TypedModel,
  disjuncts: readonly OpenDisjunct[],
  runtime: Runtime = inline,
  rounds = Infinity,
): BranchRequest {
  let left = rounds;
  return {
    model,
    disjuncts,
    arithmetic: 'deployed',
    memoryBytes: 2 ** 28,
    deadline: { expired: () => left-- <= 0, interrupted: () => false },
    clock: () => 0,
    rng: createRng(1, 'branching'),
    runtime,
    inline,
    tryPoints: async () => false,
    suggest: () => {},
    attack: async () => false,
  };
}

// Whole searches by branching on activations, without an attack beside them; points are replayed on the deployed network.
import { noDeadline } from '../../src/base/deadline.js';
import { createRng } from '../../src/base/rng.js';
import { float32 } from '../../src/base/tensor.js';
import { branchOnActivations } from '../../src/verify/branch/activations/activations.js';
import type { BranchRequest, Rows } from '../../src/verify/branch/types.js';
import type { Opened } from './opened.js';
import { inline } from './programs.js';

export type Question = {
  readonly lower: Float32Array<ArrayBuffer>;
  readonly upper: Float32Array<ArrayBuffer>;
  readonly rows: Rows;
};

/** Rows outputs . y <= bound, all with the same bound. */
export const rowsBelow = (outputs: readonly (readonly number[])[], inputs: number, bound: number): Rows => ({
  count: outputs.length,
  outputs: Float32Array.from(outputs.flat()),
  inputs: new Float32Array(outputs.length * inputs),
  bounds: new Float64Array(outputs.length).fill(bound),
});

/** Of points [n, inputs], whether each satisfies all rows there. */
export async function violations({ run }: Opened, rows: Rows, points: Float32Array): Promise<boolean[]> {
  const inputs = rows.inputs.length / rows.count;
  const outputs = rows.outputs.length / rows.count;
  const count = points.length / inputs;
  const y = await run(float32(points, [count, inputs]));
  const excess = (point: number, row: number) => {
    let sum = -(rows.bounds[row] ?? 0);
    for (let at = 0; at < outputs; at++)
      sum += (rows.outputs[row * outputs + at] ?? 0) * (y[point * outputs + at] ?? 0);
    for (let at = 0; at < inputs; at++)
      sum += (rows.inputs[row * inputs + at] ?? 0) * (points[point * inputs + at] ?? 0);
    return sum;
  };
  return Array.from({ length: count }, (_, point) =>
    Array.from({ length: rows.count }, (__, row) => excess(point, row)).every((value) => value <= 0),
  );
}

export async function searched(
  opened: Opened,
  { lower, upper, rows }: Question,
  options: Partial<BranchRequest> = {},
) {
  let isFound = false;
  const known = new Float64Array(rows.count).fill(-Infinity);
  const { results, strategy } = await branchOnActivations({
    model: opened.model,
    disjuncts: [{ index: 0, lower, upper, rows, known }],
    arithmetic: 'deployed',
    memoryBytes: 2 ** 28,
    deadline: noDeadline,
    clock: () => 0,
    rng: createRng(1, 'branching'),
    runtime: inline,
    inline,
    tryPoints: async (_, points) => {
      isFound ||= (await violations(opened, rows, points)).includes(true);
      return isFound;
    },
    suggest: () => {},
    attack: async () => false,
    ...options,
  });
  const [result] = results;
  if (result === undefined) throw new Error('no result');
  const { explanation } = strategy;
  return { ...result, outcome: isFound ? 'found' : result.state, explanation, results };
}

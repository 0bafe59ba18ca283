// Points of boxes that are hard for a bound: corners, random points, and those on the way down a loss.

import { float32, type Tensor } from '../../src/base/tensor.js';
import type { Encode } from '../../src/ops/encoding.js';
import type { InputSet } from '../../src/policy/input-set.js';
import type { Runtime } from '../../src/program/session.js';
import { compileAttack } from '../../src/verify/attack-program.js';
import type { Boxes } from './bounding.js';

/** Boxes as an input set, one instance each, searched from `starts` points each. */
export function setOf({ lower, upper }: Boxes, seeds: Tensor<'float32'>, starts: number): InputSet {
  const shape = lower.shape.slice(1);
  const count = seeds.shape[0] ?? 0;
  return {
    shape,
    size: shape.reduce((product, dim) => product * dim, 1),
    lower,
    upper,
    seeds,
    instanceOf: Int32Array.from({ length: count }, (_, at) => Math.floor(at / starts)),
    rowOf: new Int32Array(count).fill(-1),
  };
}

/** Every point on `steps` sign-gradient steps from each seed, in batches [seeds, ...]: the starts first. */
export async function descents(
  encode: Encode,
  set: InputSet,
  targets: Int32Array,
  steps: number,
  runtime: Runtime,
  batched = true,
): Promise<Tensor<'float32'>[]> {
  const { descend } = await compileAttack(encode, set, batched, runtime);
  const attempts = [...set.instanceOf].map((instance, seed) => ({ instance, seed }));
  let inputs = set.seeds.data;
  const batches = [set.seeds];
  for (let step = 0; descend !== undefined && step < steps; step++) {
    inputs = (await descend(inputs, targets, attempts, 0.5 / (step + 1))).inputs;
    batches.push(float32(inputs, set.seeds.shape));
  }
  return batches;
}

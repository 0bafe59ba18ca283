// Backward bounds of a model over boxes, and points that are hard for them.

import { float32, type Tensor } from '../../src/base/tensor.js';
import type { TypedModel } from '../../src/graph/typed-model.js';
import { lowerModel } from '../../src/ops/lower-model.js';
import type { Deployment } from '../../src/ops/rounding.js';
import type { Runtime } from '../../src/program/session.js';
import { type CrownOptions, openCrown } from '../../src/verify/crown/crown.js';
import { type BoundMethod, boundOutputs } from '../../src/verify/output-bounds.js';
import { violatedBelow } from './attacks.js';
import { type Boxes, samplesOf } from './bounding.js';
import type { Draw } from './draw.js';
import { inline } from './programs.js';
import { descents, setOf } from './search-points.js';

const room = 2 ** 28;

export const bounded = (
  model: TypedModel,
  boxes: Boxes,
  method: BoundMethod,
  arithmetic: Deployment = 'deployed',
  runtime: Runtime = inline,
) => boundOutputs(model, boxes, { method, arithmetic, memoryBytes: room }, runtime);

export const crownOf = (model: TypedModel, options: Partial<CrownOptions> = {}, runtime: Runtime = inline) =>
  openCrown(model, runtime, { arithmetic: 'deployed', memoryBytes: room, ...options });

/** Box `at` of some. */
export function boxAt({ lower, upper }: Boxes, at: number): Boxes {
  const size = lower.data.length / (lower.shape[0] ?? 1);
  const one = ({ data, shape }: Tensor<'float32'>) =>
    float32(data.slice(at * size, (at + 1) * size), [1, ...shape.slice(1)]);
  return { lower: one(lower), upper: one(upper) };
}

/** Elements of one output. */
export const outputSize = ({ output, batched }: TypedModel): number =>
  output.shape.slice(batched ? 1 : 0).reduce<number>((size, dim) => size * Number(dim), 1);

export type BoxPoints = {
  /** [n, ...input] */
  readonly points: Tensor<'float32'>;
  /** The box of each point. */
  readonly boxOf: Int32Array;
};

/** Corners of every box, random points, and those on the way down and up random outputs from there. */
export async function hardPoints(
  model: TypedModel,
  boxes: Boxes,
  starts: number,
  steps: number,
  draw: Draw,
): Promise<BoxPoints> {
  const [count = 0, ...shape] = boxes.lower.shape;
  const seeds = Array.from({ length: count }, (_, at) => {
    const { lower, upper } = boxAt(boxes, at);
    return Array.from(samplesOf(lower.data, upper.data, shape, starts, draw.uniform).data);
  }).flat();
  const size = outputSize(model);
  const places = BigInt64Array.from({ length: 2 * size }, (_, at) => BigInt(at));
  const encode = violatedBelow((p, x, target) => {
    const y = p.reshape(lowerModel(p, model, x).output, ['batch', size]);
    const all = p.constant({ dtype: 'int64', shape: [1, 2 * size], data: places });
    const chosen = p.cast(p.equal(p.reshape(target, ['batch', 1]), all), 'float32');
    return p.reduceSum(p.mul(p.concat([y, p.neg(y)], 1), chosen), [1]);
  });
  const set = setOf(boxes, float32(seeds, [count * starts, ...shape]), starts);
  const targets = Int32Array.from(set.instanceOf, () => draw.int(0, 2 * size - 1));
  const batches = await descents(encode, set, targets, steps, inline);
  const data = batches.flatMap((batch) => Array.from(batch.data));
  return {
    points: float32(data, [batches.length * targets.length, ...shape]),
    boxOf: Int32Array.from(batches.flatMap(() => Array.from(set.instanceOf))),
  };
}

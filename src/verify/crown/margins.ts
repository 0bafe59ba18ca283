// Lower bounds of classification margins by CROWN, box by box: y_c - y_j as one combination of outputs for every j != c.
import type { Deadline } from '../../base/deadline.js';
import { sizeOf } from '../../base/shape.js';
import { float32, rows } from '../../base/tensor.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Deployment } from '../../ops/rounding.js';
import type { Runtime } from '../../program/session.js';
import type { Boxes } from '../ibp.js';
import { openCrown } from './crown.js';

export type MarginOptions = {
  readonly arithmetic: Deployment;
  readonly memoryBytes: number;
  readonly deadline: Deadline;
};

/**
 * For each of `instances` the bound on y_c minus the greatest other output, in their order; -Infinity where nothing is known,
 * and for boxes that were not reached before the deadline.
 * @param classes c of each box
 * @throws Unbounded where the model has an operator without bound rule
 */
export async function crownMargins(
  model: TypedModel,
  { lower, upper }: Boxes,
  classes: Int32Array,
  instances: readonly number[],
  options: MarginOptions,
  runtime: Runtime,
): Promise<Float32Array> {
  const crown = openCrown(model, runtime, options);
  const outputs = sizeOf(model.output.shape.slice(1).map(Number));
  const margins = new Float32Array(instances.length).fill(-Infinity);
  let next = 0;
  const lane = async () => {
    while (next < instances.length && !options.deadline.expired()) {
      const at = next++;
      const instance = instances[at] ?? 0;
      const box = { lower: rows(lower, instance, instance + 1), upper: rows(upper, instance, instance + 1) };
      const bounds = await crown.combinations(box, differences(classes[instance] ?? 0, outputs));
      margins[at] = bounds.reduce((least, bound) => Math.min(least, bound), Infinity);
    }
  };
  await Promise.all(Array.from({ length: runtime.workers }, lane));
  return margins;
}

/** Rows e_c - e_j for all j != c: [outputs - 1, outputs]. */
function differences(target: number, outputs: number) {
  const others = Array.from({ length: outputs }, (_, at) => at).filter((at) => at !== target);
  const data = new Float32Array(others.length * outputs);
  others.forEach((other, row) => {
    data[row * outputs + target] = 1;
    data[row * outputs + other] = -1;
  });
  return float32(data, [others.length, outputs]);
}

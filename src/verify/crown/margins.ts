// Lower bounds of classification margins by CROWN, box by box: y_i - y_j as one combination of outputs for every pair that the demand
// is made of, which is y_c - y_j for all j != c where class c must win.
import type { Deadline } from '../../base/deadline.js';
import { sizeOf } from '../../base/shape.js';
import { float32, rows, type Tensor } from '../../base/tensor.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Deployment } from '../../ops/rounding.js';
import type { Ball } from '../../policy/ball.js';
import { type Demand, pairsOf, wins } from '../../policy/demand.js';
import type { Runtime } from '../../program/session.js';
import { marginOf, type Pairs } from '../demanded.js';
import type { Boxes } from '../ibp.js';
import { openCrown } from './crown.js';

export type MarginOptions = {
  readonly arithmetic: Deployment;
  readonly memoryBytes: number;
  readonly deadline: Deadline;
};

/** Boxes, and the balls in them around their centers [instances, ...input]. */
export type Sets = Boxes & { readonly ball?: Ball | undefined; readonly seeds?: Tensor<'float32'> };

/**
 * For each of `instances` the bound on y_c minus the greatest other output, in their order; -Infinity where nothing is known,
 * and for boxes that were not reached before the deadline.
 * @param classes c of each box
 * @throws Unbounded where the model has an operator without bound rule
 */
export async function crownMargins(
  model: TypedModel,
  { lower, upper, ball, seeds }: Sets,
  classes: Int32Array,
  instances: readonly number[],
  options: MarginOptions,
  runtime: Runtime,
  demand: Demand = wins,
): Promise<Float32Array> {
  const crown = openCrown(model, runtime, { ...options, ball });
  const outputs = sizeOf(model.output.shape.slice(1).map(Number));
  const margins = new Float32Array(instances.length).fill(-Infinity);
  let next = 0;
  const lane = async () => {
    while (next < instances.length && !options.deadline.expired()) {
      const at = next++;
      const instance = instances[at] ?? 0;
      const one = (all: Tensor<'float32'>) => rows(all, instance, instance + 1);
      const center = ball && seeds && { center: one(seeds) };
      const box = { lower: one(lower), upper: one(upper), ...center };
      const own = classes[instance] ?? 0;
      const pairs = pairsOf(demand, outputs, own);
      const bounds = await crown.combinations(box, differences(pairs, outputs));
      margins[at] = marginOf(demand, pairs, bounds, outputs, own);
    }
  };
  await Promise.all(Array.from({ length: runtime.workers }, lane));
  return margins;
}

/** Rows e_i - e_j: [pairs, outputs]. */
function differences(pairs: Pairs, outputs: number) {
  const data = new Float32Array(pairs.length * outputs);
  pairs.forEach(([high, low], row) => {
    data[row * outputs + high] = 1;
    data[row * outputs + low] = -1;
  });
  return float32(data, [pairs.length, outputs]);
}

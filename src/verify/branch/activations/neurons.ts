// Hidden values with bounds of their own, and those among them whose sign decides between two linear pieces.
import type { TypedModel } from '../../../graph/typed-model.js';
import { staticSize } from '../../../program/dims.js';
import { planOf } from '../../crown/plan.js';

/** One hidden value. */
export type Neurons = {
  readonly name: string;
  /** Of one instance. */
  readonly shape: readonly number[];
  readonly size: number;
  /** Whether only the signs of its elements matter, so that they are split at 0. */
  readonly splits: boolean;
  /** Relaxed values that read it and take slopes. */
  readonly readers: readonly string[];
};

/** In the order of the graph. @param model one instance */
export function neuronsOf(model: TypedModel): Neurons[] {
  return planOf(model, true).targets.map(({ name, kinkOnly }) => {
    const shape = (model.types.get(name)?.shape ?? []).map(Number);
    const readers = model.graph.nodes.flatMap(({ inputs, outputs }) =>
      inputs.includes(name) ? outputs : [],
    );
    return { name, shape, size: staticSize(shape), splits: kinkOnly, readers };
  });
}

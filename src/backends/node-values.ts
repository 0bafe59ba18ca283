// Every value that a model computes for one input, in the order of the graph, with the nodes as the file has them.
import { isFloat } from '../base/dtype.js';
import type { Tensor } from '../base/tensor.js';
import type { TypedModel } from '../graph/typed-model.js';
import type { Runtime } from '../program/session.js';
import { feedsOf } from './feeds.js';
import { runInstrumented } from './instrument.js';

/** Float values only, each named with the node that computes it. @param input [1, ...] */
export async function nodeValues(
  model: TypedModel,
  runtime: Runtime,
  input: Tensor<'float32'>,
): Promise<[name: string, data: ArrayLike<number>][]> {
  const graph = model.written ?? model.graph;
  const values = await runInstrumented(
    { ...model, graph },
    runtime,
    feedsOf(model, input),
    model.batched ? 'any batch' : 'as stated',
  );
  return graph.nodes.flatMap(({ name, type, outputs }) =>
    outputs.flatMap((output): [string, ArrayLike<number>][] => {
      const value = values[output];
      if (value === undefined || !isFloat(value.dtype)) return [];
      return [
        [`"${output}", computed by node "${name}" (${type})`, value.data as Float32Array | Float64Array],
      ];
    }),
  );
}

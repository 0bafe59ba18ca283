// A model that gives its input back: what stands in for a model of which only the outputs are at hand.
import type { TypedModel } from './typed-model.js';

/** x -> x, where x is what `model` gives as its first output. */
export function passThrough({ output, batched, irVersion, opsets }: TypedModel): TypedModel {
  const info = { name: output.name, dtype: output.dtype, shape: output.shape };
  return {
    graph: { name: 'outputs', inputs: [info], outputs: [info], constants: new Map(), nodes: [] },
    irVersion,
    opsets,
    producer: 'marauder',
    functions: [],
    types: new Map([[output.name, { dtype: output.dtype, shape: output.shape }]]),
    folded: new Map(),
    batched,
    input: output,
    output,
  };
}

// A classifier with its logits made probabilities: an ordinary Softmax behind it, so that bounds see one model.
import { sizeOf } from '../base/shape.js';
import { allNames, freshName } from './fresh-names.js';
import type { Node } from './graph.js';
import type { TypedModel, ValueType } from './typed-model.js';

/** The model with a softmax over all elements of its first output; undefined where its first axis is not the batch. */
export function softmaxed(model: TypedModel): TypedModel | undefined {
  const { graph, output, types } = model;
  const [batch, ...shape] = output.shape;
  if (batch !== 'batch' && batch !== 1) return undefined;
  const taken = allNames(graph);
  const names = {
    flat: freshName(`${output.name}_flat`, taken),
    shares: freshName(`${output.name}_softmax`, taken),
  };
  const type: ValueType = { dtype: output.dtype, shape: [batch, sizeOf(shape.map(Number))] };
  const node = (operator: string, from: string, to: string): Node => ({
    name: freshName(`${to}_node`, taken),
    type: operator,
    domain: '',
    inputs: [from],
    outputs: [to],
    attributes: new Map([['axis', { kind: 'int', value: 1 }]]),
  });
  const isFlat = shape.length === 1;
  const nodes = [
    ...(isFlat ? [] : [node('Flatten', output.name, names.flat)]),
    node('Softmax', isFlat ? output.name : names.flat, names.shares),
  ];
  return {
    ...model,
    graph: {
      ...graph,
      nodes: [...graph.nodes, ...nodes],
      outputs: [{ name: names.shares, dtype: type.dtype, shape: type.shape }, ...graph.outputs.slice(1)],
    },
    types: new Map([...types, ...(isFlat ? [] : [[names.flat, type] as const]), [names.shares, type]]),
    output: { name: names.shares, ...type },
  };
}

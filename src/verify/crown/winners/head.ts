// The part of a network that computes one of its values.
import type { TypedModel } from '../../../graph/typed-model.js';

/** A model whose output is the value. @param model one instance */
export function headOf(model: TypedModel, name: string): TypedModel {
  const type = model.types.get(name);
  if (type === undefined) throw new RangeError(`the model has no value "${name}"`);
  const read = new Set([name]);
  const nodes = model.graph.nodes.toReversed().filter(({ inputs, outputs }) => {
    if (!outputs.some((output) => read.has(output))) return false;
    for (const input of inputs) read.add(input);
    return true;
  });
  const output = { name, ...type };
  return { ...model, output, graph: { ...model.graph, nodes: nodes.toReversed(), outputs: [output] } };
}

// Exporters write the batch size 1 into targets of Reshape. Left open there, such a model runs at any batch size.
import type { Shape } from '../../base/shape.js';
import { int64, type Tensor, toNumbers } from '../../base/tensor.js';
import { allNames, freshName } from '../fresh-names.js';
import type { Model, Node } from '../graph.js';

/**
 * The model with the leading 1 of constant Reshape targets opened, wherever data is reshaped; the same model where there is
 * none. At batch size 1 it computes the same. Whether it treats more rows one by one is to be found out by running it.
 * @param shapeOf shapes of values in a run of one row
 */
export function openBatch(model: Model, shapeOf: (name: string) => Shape | undefined): Model {
  const { graph } = model;
  const data = dataValues(model);
  const constant = constantsOf(model);
  const taken = allNames(graph);
  const constants = new Map(graph.constants);
  const nodes = graph.nodes.map((node): Node => {
    const [source = '', target = ''] = node.inputs;
    const shape = shapeOf(node.outputs[0] ?? '');
    if (node.type !== 'Reshape' || node.domain !== '' || !data.has(source)) return node;
    if (shape === undefined || shape.includes(0) || !statesOneRow(constant(target))) return node;
    const name = freshName(`${node.name}/any batch`, taken);
    // All other dimensions as numbers, since only one may be open.
    constants.set(name, int64([-1, ...shape.slice(1)]));
    return { ...node, inputs: [source, name] };
  });
  return constants.size === graph.constants.size
    ? model
    : { ...model, graph: { ...graph, constants, nodes } };
}

const statesOneRow = (target: Tensor | undefined): boolean =>
  target !== undefined && toNumbers(target)[0] === 1;

function constantsOf({ graph }: Model): (name: string) => Tensor | undefined {
  const written = new Map<string, Tensor>();
  for (const { type, outputs, attributes } of graph.nodes) {
    const value = attributes.get('value');
    if (type === 'Constant' && value?.kind === 'tensor') written.set(outputs[0] ?? '', value.value);
  }
  return (name) => graph.constants.get(name) ?? written.get(name);
}

/** Values that are computed from the elements of an input, not from its shape only. */
function dataValues({ graph }: Model): Set<string> {
  const data = new Set(graph.inputs.map(({ name }) => name));
  for (const { type, inputs, outputs } of graph.nodes) {
    if (type === 'Shape' || type === 'Size' || !inputs.some((name) => data.has(name))) continue;
    for (const name of outputs) data.add(name);
  }
  return data;
}

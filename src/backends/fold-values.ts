// Shape arithmetic and other nodes that no data reaches: their results, taken from the instrumented runs.

import type { Tensor } from '../base/tensor.js';
import type { Model, Node } from '../graph/graph.js';
import type { Results } from '../program/session.js';

/** Nodes whose result is not a function of their inputs. */
const random = new Set([
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'Bernoulli',
  'Multinomial',
]);

/**
 * Values of nodes that read only constants, and of nodes that read data only through Shape and come out the same at
 * batch 1 and 2. `double` is undefined where the batch size is fixed.
 */
export function foldedValues(
  model: Model,
  single: Results,
  double: Results | undefined,
): Map<string, Tensor> {
  const dataFree = new Set<string>(['', ...model.graph.constants.keys()]);
  const folded = new Map<string, Tensor>();
  for (const node of model.graph.nodes) {
    if (!isDataFree(node, dataFree)) continue;
    for (const name of node.outputs.filter(Boolean)) {
      dataFree.add(name);
      const value = single[name];
      if (value !== undefined && (double === undefined || sameValue(value, double[name])))
        folded.set(name, value);
    }
  }
  return folded;
}

function isDataFree(node: Node, dataFree: ReadonlySet<string>): boolean {
  if (random.has(node.type) || [...node.attributes.values()].some(({ kind }) => kind.startsWith('graph')))
    return false;
  return node.type === 'Shape' || node.type === 'Size' || node.inputs.every((name) => dataFree.has(name));
}

const sameValue = (a: Tensor, b: Tensor | undefined): boolean =>
  b !== undefined &&
  a.shape.join() === b.shape.join() &&
  a.data.length === b.data.length &&
  a.data.every((value: number | bigint | string, at: number) => Object.is(value, b.data[at]));

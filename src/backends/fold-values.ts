// Shape arithmetic and other nodes that no data reaches: their results, taken from the instrumented runs.

import { isFloat } from '../base/dtype.js';
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
 * Their kernels may sum in another order in the deployed session, which packs constant weights: what they make of constants
 * is a computed value like any other, with bounds, not a constant. Element-wise results are the same everywhere.
 */
const summing = new Set([
  'AveragePool',
  'Conv',
  'ConvTranspose',
  'CumSum',
  'Einsum',
  'Gemm',
  'GlobalAveragePool',
  'GroupNormalization',
  'InstanceNormalization',
  'LayerNormalization',
  'LogSoftmax',
  'MatMul',
  'ReduceL1',
  'ReduceL2',
  'ReduceLogSum',
  'ReduceLogSumExp',
  'ReduceMean',
  'ReduceProd',
  'ReduceSum',
  'ReduceSumSquare',
  'Softmax',
]);

/**
 * Values of nodes that read only constants, and of nodes that read data only through Shape and come out the same at
 * batch 1 and 2; no float sums, and nothing that reads one. `double` is undefined where the batch size is fixed.
 */
export function foldedValues(
  model: Model,
  single: Results,
  double: Results | undefined,
): Map<string, Tensor> {
  const dataFree = new Set<string>(['', ...model.graph.constants.keys()]);
  const folded = new Map<string, Tensor>();
  const inexact = new Set<string>();
  for (const node of model.graph.nodes) {
    if (!isDataFree(node, dataFree)) continue;
    const readsInexact = !readsShapes(node) && node.inputs.some((name) => inexact.has(name));
    for (const name of node.outputs.filter(Boolean)) {
      dataFree.add(name);
      const value = single[name];
      if (readsInexact || (summing.has(node.type) && value !== undefined && isFloat(value.dtype))) {
        inexact.add(name);
        continue;
      }
      if (value !== undefined && (double === undefined || sameValue(value, double[name])))
        folded.set(name, value);
    }
  }
  return folded;
}

function isDataFree(node: Node, dataFree: ReadonlySet<string>): boolean {
  if (random.has(node.type) || [...node.attributes.values()].some(({ kind }) => kind.startsWith('graph')))
    return false;
  return readsShapes(node) || node.inputs.every((name) => dataFree.has(name));
}

const readsShapes = ({ type }: Node): boolean => type === 'Shape' || type === 'Size';

const sameValue = (a: Tensor, b: Tensor | undefined): boolean =>
  b !== undefined &&
  a.shape.join() === b.shape.join() &&
  a.data.length === b.data.length &&
  a.data.every((value: number | bigint | string, at: number) => Object.is(value, b.data[at]));

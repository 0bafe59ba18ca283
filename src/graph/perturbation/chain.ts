// Nodes one behind the other, with names that a graph does not have yet.
import { float32, int64, type Tensor } from '../../base/tensor.js';
import { freshName } from '../fresh-names.js';
import type { Attribute, Node } from '../graph.js';
import type { ValueType } from '../typed-model.js';

type Dimension = number | string;

export type Chain = {
  readonly nodes: Node[];
  readonly constants: Map<string, Tensor>;
  readonly types: Map<string, ValueType>;
  /** The result's name. @param shape of the result */
  add(type: string, inputs: readonly string[], shape: readonly Dimension[], options?: NodeOptions): string;
  constant(values: ArrayLike<number>, shape: readonly number[]): string;
  indices(values: ArrayLike<number>, shape: readonly number[]): string;
};

export type NodeOptions = {
  readonly attributes?: readonly (readonly [string, Attribute])[];
  /** Of the result. */
  readonly name?: string;
};

/** Of all of the nodes, whatever the model's own is. */
const opset = 17;

export function createChain(taken: Set<string>): Chain {
  const nodes: Node[] = [];
  const constants = new Map<string, Tensor>();
  const types = new Map<string, ValueType>();
  const stored = (tensor: Tensor): string => {
    const name = freshName('perturbation_constant', taken);
    constants.set(name, tensor);
    types.set(name, { dtype: tensor.dtype, shape: tensor.shape });
    return name;
  };
  return {
    nodes,
    constants,
    types,
    add: (type, inputs, shape, { attributes = [], name = freshName(`perturbation_${type}`, taken) } = {}) => {
      types.set(name, { dtype: 'float32', shape });
      nodes.push({
        name: freshName(`perturbation_node_${type}`, taken),
        type,
        domain: '',
        inputs,
        outputs: [name],
        attributes: new Map(attributes),
        opset,
      });
      return name;
    },
    constant: (values, shape) => stored(float32(Float32Array.from(values), shape)),
    indices: (values, shape) => stored({ ...int64(Array.from(values)), shape }),
  };
}

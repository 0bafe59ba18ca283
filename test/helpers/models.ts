// Small models for tests, written as lists of nodes.
import { float32, type Tensor } from '../../src/base/tensor.js';
import type { Attribute, Dimension, Model, Node } from '../../src/graph/graph.js';

export type AttributeShorthand = number | readonly number[] | string | { readonly float: number } | Attribute;

/** [operator, after its domain and a colon where that is not ONNX's own; inputs, outputs, attributes] */
export type NodeShorthand = readonly [
  type: string,
  inputs: readonly string[],
  outputs: string | readonly string[],
  attributes?: Readonly<Record<string, AttributeShorthand>>,
];

function attributeOf(value: AttributeShorthand): Attribute {
  if (typeof value === 'number') return { kind: 'int', value };
  if (typeof value === 'string') return { kind: 'string', value };
  if ('kind' in value) return value;
  return 'float' in value ? { kind: 'float', value: value.float } : { kind: 'ints', value };
}

export const nodeOf = ([type, inputs, outputs, attributes = {}]: NodeShorthand, at = 0): Node => ({
  name: `${type}_${at}`,
  type: type.slice(type.indexOf(':') + 1),
  domain: type.includes(':') ? type.slice(0, type.indexOf(':')) : '',
  inputs,
  outputs: typeof outputs === 'string' ? [outputs] : outputs,
  attributes: new Map(Object.entries(attributes).map(([name, value]) => [name, attributeOf(value)])),
});

/** A model with the float32 input `x` and the output `y`. */
export function modelOf(
  shape: readonly Dimension[],
  nodes: readonly NodeShorthand[],
  constants: Readonly<Record<string, Tensor>> = {},
  opset = 17,
): Model {
  return {
    graph: {
      name: 'test',
      inputs: [{ name: 'x', dtype: 'float32', shape }],
      outputs: [{ name: 'y', dtype: undefined, shape: undefined }],
      constants: new Map(Object.entries(constants)),
      nodes: nodes.map(nodeOf),
    },
    // IR versions that go with old opsets require constants to be listed as inputs, and later ones do not.
    irVersion: 8,
    opsets: new Map([['', opset]]),
    producer: 'test',
    functions: [],
  };
}

export const scalar = (value: number): Tensor<'float32'> => float32([value], []);

// Layers and trained weights -> model of an ONNX file.
import type { Shape } from '../../src/base/shape.js';
import type { Tensor } from '../../src/base/tensor.js';
import type { Model, Node, ValueInfo } from '../../src/graph/graph.js';
import { IMAGE_SHAPE } from './data.js';
import { nodeOf } from './layers/layer.js';
import type { Network, Trained } from './network.js';

export const OPSET = 17;
const IR_VERSION = 8;

export const INPUT = 'image';
export const LOGITS = 'logits';

/** Every layer's output has the layer's name, but for the last one's. */
export function networkNodes(network: Network): Node[] {
  let value = INPUT;
  return network.map((layer, at) => {
    const inputs = [value, ...layer.parameters.map(({ name }) => name)];
    value = at === network.length - 1 ? LOGITS : `${layer.name}_out`;
    return nodeOf(layer, inputs, value);
  });
}

export const networkModel = (name: string, network: Network, weights: Trained, image?: Shape): Model =>
  modelOf(name, networkNodes(network), weights, [rowsOf10(LOGITS)], image);

export const rowsOf10 = (name: string): ValueInfo => ({ name, dtype: 'float32', shape: ['batch', 10] });

export const modelOf = (
  name: string,
  nodes: readonly Node[],
  constants: ReadonlyMap<string, Tensor>,
  outputs: readonly ValueInfo[],
  image: Shape = IMAGE_SHAPE,
): Model => ({
  graph: {
    name,
    inputs: [{ name: INPUT, dtype: 'float32', shape: ['batch', ...image] }],
    outputs,
    constants,
    nodes,
  },
  irVersion: IR_VERSION,
  opsets: new Map([['', OPSET]]),
  producer: 'marauder',
  functions: [],
});

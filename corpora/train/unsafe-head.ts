// The faulty head of TensorFuzz's first experiment (arXiv 1807.10875, section 4.1): log(exp(z) / sum(exp(z))) as the
// formula reads, without subtracting the greatest logit first. exp overflows above 88.7, a class underflows to log(0)
// once it lies about 103 below the greatest; on ordinary digits neither happens.
import type { Shape } from '../../src/base/shape.js';
import { int64, type Tensor } from '../../src/base/tensor.js';
import type { Model } from '../../src/graph/graph.js';
import { attribute } from '../../src/program/primitive.js';
import { LOGITS, modelOf, networkNodes, rowsOf10 } from './export.js';
import { nodeOf } from './layers/layer.js';
import type { Network, Trained } from './network.js';

const AXES = 'sum_axes';
const OUTPUT = 'log_probabilities';

export function unsafeModel(name: string, network: Network, weights: Trained, image?: Shape): Model {
  const keep = new Map([['keepdims', attribute.int(1)]]);
  const plain = (node: string, type: string, inputs: string[], output: string) =>
    nodeOf({ name: node, type, attributes: new Map() }, inputs, output);
  const nodes = [
    ...networkNodes(network),
    plain('exp', 'Exp', [LOGITS], 'exp_out'),
    nodeOf({ name: 'sum', type: 'ReduceSum', attributes: keep }, ['exp_out', AXES], 'sum_out'),
    plain('divide', 'Div', ['exp_out', 'sum_out'], 'probabilities'),
    plain('log', 'Log', ['probabilities'], OUTPUT),
  ];
  const constants = new Map<string, Tensor>([...weights, [AXES, int64([1])]]);
  return modelOf(name, nodes, constants, [rowsOf10(OUTPUT)], image);
}

/** The last layer's weights times `factor`: logits of the same classes, but this much more extreme. */
export function scaleLogits(network: Network, weights: Trained, factor: number): Trained {
  const last = new Set(network.at(-1)?.parameters.map(({ name }) => name));
  return new Map(
    [...weights].map(([name, value]) => [
      name,
      last.has(name) ? { ...value, data: value.data.map((w) => w * factor) } : value,
    ]),
  );
}

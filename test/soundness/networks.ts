// Random small networks of the kinds that users have: perceptrons, convolutions with pooling, residual blocks, heads.
import { float32, int64, type Tensor } from '../../src/base/tensor.js';
import type { Model } from '../../src/graph/graph.js';
import type { Draw } from '../helpers/draw.js';
import { modelOf, type NodeShorthand, scalar } from '../helpers/models.js';

type Width = readonly number[];

/** Adds nodes one after the other and names their results. */
export class Builder {
  readonly nodes: NodeShorthand[] = [];
  readonly constants: Record<string, Tensor> = {};
  #names = 0;

  constructor(readonly draw: Draw) {}

  add(type: string, inputs: readonly string[], attributes: NodeShorthand[3] = {}): string {
    const name = `v${this.#names++}`;
    this.nodes.push([type, inputs, name, attributes]);
    return name;
  }

  /** Weights as training leaves them: sums stay of the size of their terms. */
  weight(shape: Width, fanIn: number): string {
    const data = this.draw.tensor(shape).data.map((value) => value / Math.sqrt(fanIn));
    return this.constant(float32(data, shape));
  }

  constant(value: Tensor): string {
    const name = `c${this.#names++}`;
    this.constants[name] = value;
    return name;
  }

  finish(last: string, shape: Width): Model {
    this.nodes.push(['Identity', [last], 'y']);
    return modelOf(['batch', ...shape], this.nodes, this.constants, this.draw.pick([11, 13, 17]));
  }
}

export const activation = (b: Builder, x: string): string =>
  b.add(b.draw.pick(['Relu', 'Relu', 'Sigmoid', 'Tanh']), [x]);

/** x * sigmoid(x), which ONNX Runtime fuses. */
const silu = (b: Builder, x: string): string => b.add('Mul', [x, b.add('Sigmoid', [x])]);

export function dense(b: Builder, x: string, inputs: number, outputs: number): string {
  const w = b.weight([inputs, outputs], inputs);
  const bias = b.weight([outputs], 1);
  if (b.draw.flag()) return b.add('Gemm', [x, w, bias]);
  const sum = b.add('Add', [b.add('MatMul', [x, w]), bias]);
  return b.draw.flag() ? sum : b.add('Mul', [sum, b.weight([outputs], 1)]);
}

export function normalised(b: Builder, x: string, channels: number): string {
  const vector = () => b.weight([channels], 1);
  const variance = float32(b.draw.tensor([channels]).data.map((value) => Math.abs(value) + 0.1));
  return b.add('BatchNormalization', [x, vector(), vector(), vector(), b.constant(variance)]);
}

function head(b: Builder, x: string): string {
  const kind = b.draw.int(0, 3);
  if (kind === 0) return b.add('Softmax', [x], { axis: 1 });
  if (kind === 1) return b.add('Div', [b.add('Exp', [x]), b.constant(scalar(3))]);
  return kind === 2 ? b.add('Log', [b.add('Add', [b.add('Exp', [x]), b.constant(scalar(1))])]) : x;
}

/** Perceptron with optional normalisation, residual sums and scales. */
export function perceptron(draw: Draw): Model {
  const b = new Builder(draw);
  const inputs = draw.int(1, 8);
  const width = draw.int(2, 24);
  let x = 'x';
  if (draw.flag()) x = b.add('Div', [b.add('Sub', [x, b.weight([inputs], 1)]), b.constant(scalar(0.3))]);
  let size = inputs;
  for (let layer = draw.int(1, 3); layer > 0; layer--) {
    let next = dense(b, x, size, width);
    if (draw.flag()) next = normalised(b, next, width);
    if (size === width && draw.flag()) next = b.add(draw.pick(['Add', 'Sub', 'Mul']), [next, x]);
    x = draw.int(0, 3) === 0 ? silu(b, next) : activation(b, next);
    size = width;
  }
  const classes = draw.int(2, 5);
  return b.finish(head(b, dense(b, x, size, classes)), [inputs]);
}

function convolution(b: Builder, x: string, inputs: number, outputs: number, kernel: number): string {
  const w = b.weight([outputs, inputs, kernel, kernel], inputs * kernel * kernel);
  const bias = b.draw.flag() ? [b.weight([outputs], 1)] : [];
  const pad = (kernel - 1) / 2;
  return b.add('Conv', [x, w, ...bias], { pads: [pad, pad, pad, pad] });
}

/** Convolutions with residual sums and pooling; widths of 16 reach ONNX Runtime's blocked kernels. */
export function convolutional(draw: Draw): Model {
  const b = new Builder(draw);
  const channels = draw.pick([2, 3, 16]);
  const width = draw.pick([3, 8, 16]);
  const size = draw.int(4, 7);
  let x = convolution(b, 'x', channels, width, draw.pick([1, 3]));
  if (draw.flag()) x = normalised(b, x, width);
  x = activation(b, x);
  let block = convolution(b, x, width, width, draw.pick([1, 3]));
  if (draw.flag()) block = normalised(b, block, width);
  if (draw.flag()) block = b.add('Mul', [block, b.weight([width, 1, 1], 1)]);
  x = activation(b, b.add(draw.pick(['Add', 'Add', 'Sub']), draw.flag() ? [block, x] : [x, block]));
  const pooling = draw.pick(['MaxPool', 'AveragePool']);
  x = b.add(pooling, [x], { kernel_shape: [2, 2], strides: [2, 2], pads: [0, 0, 1, 1] });
  const flat = draw.flag();
  x = b.add('Flatten', [flat ? b.add('GlobalAveragePool', [x]) : x], { axis: 1 });
  const rest = flat ? width : width * (Math.floor((size - 1) / 2) + 1) ** 2;
  return b.finish(head(b, dense(b, x, rest, draw.int(2, 5))), [channels, size, size]);
}

/** Scaled products of two values that both depend on the input, as in attention. */
export function attention(draw: Draw): Model {
  const b = new Builder(draw);
  const [tokens, size] = [draw.int(1, 4), draw.int(1, 6)];
  const project = () => b.add('MatMul', ['x', b.weight([size, size], size)]);
  const scaled = b.add(draw.pick(['Mul', 'Div']), [project(), b.constant(scalar(draw.pick([0.5, 3, 1e-3])))]);
  const scores = b.add('MatMul', [scaled, b.add('Transpose', [project()], { perm: [0, 2, 1] })]);
  const mixed = b.add('MatMul', [b.add('Softmax', [scores], { axis: 2 }), project()]);
  const to = b.constant(int64([0, tokens * size]));
  return b.finish(b.add('Reshape', [b.add('Add', [mixed, 'x']), to]), [tokens, size]);
}

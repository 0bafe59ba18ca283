// Random dense networks with curves, products and kinks between the layers, and their values in float64.
import type { Tensor } from '../../src/base/tensor.js';
import type { Model } from '../../src/graph/graph.js';
import type { Draw } from './draw.js';
import { type Dense, mlp } from './mlps.js';
import { modelOf, type NodeShorthand } from './models.js';

/** What stands between two layers: a function of one variable, or of the value and a layer's own second half. */
const functions = {
  Sigmoid: (z: number) => 1 / (1 + Math.exp(-z)),
  Tanh: Math.tanh,
  Relu: (z: number) => Math.max(z, 0),
  Softplus: (z: number) => Math.log1p(Math.exp(z)),
  Exp: Math.exp,
  Sin: Math.sin,
} as const;
export type Activation = keyof typeof functions;

export type CurvedNetwork = {
  readonly model: Model;
  readonly layers: readonly Dense[];
  readonly activations: readonly Activation[];
  /** The layer whose activations are multiplied with those of the layer before (of the same width), if any. */
  readonly product: boolean;
};

/** @param product whether what goes into the last layer is the product of the last two activations, which then are of one width */
export function curvedNetwork(
  draw: Draw,
  widths: readonly number[],
  choices: readonly Activation[],
  product = false,
): CurvedNetwork {
  const { layers } = mlp(draw, widths, 'normal');
  const activations = layers.slice(1).map(() => draw.pick(choices));
  const nodes: NodeShorthand[] = [];
  const constants: Record<string, Tensor> = {};
  layers.forEach(({ weight, bias }, at) => {
    const isLast = at === layers.length - 1;
    const x = at === 0 ? 'x' : isLast && product ? 'p' : `a${at - 1}`;
    constants[`w${at}`] = weight;
    if (bias) constants[`b${at}`] = bias;
    if (isLast && product) nodes.push(['Mul', [`a${at - 1}`, `a${at - 2}`], 'p']);
    nodes.push(['Gemm', [x, `w${at}`, ...(bias ? [`b${at}`] : [])], isLast ? 'y' : `h${at}`]);
    if (!isLast) nodes.push([activations[at] ?? 'Relu', [`h${at}`], `a${at}`]);
  });
  return { model: modelOf(['batch', widths[0] ?? 1], nodes, constants), layers, activations, product };
}

const image = ({ weight, bias }: Dense, x: readonly number[]): number[] => {
  const outputs = weight.shape[1] ?? 0;
  return Array.from({ length: outputs }, (_, y) =>
    x.reduce((sum, value, z) => sum + value * (weight.data[z * outputs + y] ?? 0), bias?.data[y] ?? 0),
  );
};

/** Values by name: h0, a0, h1, ... and y. */
export function curvedValues(
  { layers, activations, product }: CurvedNetwork,
  x: readonly number[],
): ReadonlyMap<string, readonly number[]> {
  const values = new Map<string, readonly number[]>();
  let [before, current]: (readonly number[])[] = [[], x];
  layers.forEach((layer, at) => {
    const isLast = at === layers.length - 1;
    const earlier = before ?? [];
    const input = isLast && product ? (current ?? []).map((value, i) => value * (earlier[i] ?? 0)) : current;
    const next = image(layer, input ?? []);
    values.set(isLast ? 'y' : `h${at}`, next);
    before = current;
    current = isLast ? next : next.map(functions[activations[at] ?? 'Relu']);
    if (!isLast) values.set(`a${at}`, current);
  });
  return values;
}

// A network is a list of layers; its parameters lie one after the other in one flat vector while it is trained.
import type { Rng } from '../../src/base/rng.js';
import { sizeOf } from '../../src/base/shape.js';
import { type Tensor, tensor } from '../../src/base/tensor.js';
import type { Program } from '../../src/program/program.js';
import type { Value } from '../../src/program/value.js';
import { conv } from './layers/conv.js';
import { gemm } from './layers/gemm.js';
import type { Layer, Parameter, Weights } from './layers/layer.js';
import { flatten, maxPool, relu } from './layers/plain.js';

export type Network = readonly Layer[];

/** Flatten, then Gemm and Relu in turn: `mlp(64, 256, 10)` has one hidden layer of 256. */
export function mlp(...widths: readonly number[]): Network {
  const last = widths.length - 1;
  const dense = widths.slice(1).flatMap((width, at) => {
    const layer = gemm(`fc${at + 1}`, widths[at] ?? 0, width);
    return at + 1 < last ? [layer, relu(`relu${at + 1}`)] : [layer];
  });
  return [flatten('flatten'), ...dense];
}

/** Two rounds of Conv, Relu, MaxPool over an image of 8 x 8, then two Gemm. */
export const cnn = (channels1: number, channels2: number, hidden: number): Network => [
  conv('conv1', 1, channels1),
  relu('relu1'),
  maxPool('pool1'),
  conv('conv2', channels1, channels2),
  relu('relu2'),
  maxPool('pool2'),
  flatten('flatten'),
  gemm('fc1', channels2 * 4, hidden),
  relu('relu3'),
  gemm('fc2', hidden, 10),
];

export const parametersOf = (network: Network): Parameter[] => network.flatMap((layer) => layer.parameters);

export const forward = (p: Program, network: Network, x: Value, weights: Weights): Value =>
  network.reduce((value, layer) => layer.forward(p, value, weights), x);

/** The parameters at the start of training: normal with each one's deviation. */
export function initialise(network: Network, rng: Rng): Float32Array {
  const draw = ({ shape, deviation }: Parameter) =>
    Array.from({ length: sizeOf(shape) }, () => (deviation === 0 ? 0 : deviation * rng.normal()));
  return Float32Array.from(parametersOf(network).flatMap(draw));
}

/** Where each parameter lies in the flat vector. */
export function layout(network: Network): { parameter: Parameter; start: number; end: number }[] {
  let end = 0;
  return parametersOf(network).map((parameter) => {
    const start = end;
    end += sizeOf(parameter.shape);
    return { parameter, start, end };
  });
}

export type Trained = ReadonlyMap<string, Tensor<'float32'>>;

/** Flat vector -> initialisers of the ONNX file. */
export const unpack = (network: Network, flat: Float32Array): Trained =>
  new Map(
    layout(network).map(({ parameter: { name, shape }, start, end }) => [
      name,
      tensor('float32', shape, flat.slice(start, end)),
    ]),
  );

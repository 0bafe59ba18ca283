// Fully connected layer. x: [batch, inputs] -> [batch, outputs]; weight: [outputs, inputs].
import { attribute } from '../../../src/program/primitive.js';
import { heDeviation, type Layer } from './layer.js';

export function gemm(name: string, inputs: number, outputs: number): Layer {
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  return {
    name,
    type: 'Gemm',
    parameters: [
      { name: weight, shape: [outputs, inputs], deviation: heDeviation(inputs) },
      { name: bias, shape: [outputs], deviation: 0 },
    ],
    attributes: new Map([['transB', attribute.int(1)]]),
    forward: (p, x, weights) => p.add(p.matmul(x, p.transposeLast(weights(weight))), weights(bias)),
    interval: (p, { mid, rad }, weights) => {
      const w = p.transposeLast(weights(weight));
      return { mid: p.add(p.matmul(mid, w), weights(bias)), rad: p.matmul(rad, p.abs(w)) };
    },
  };
}

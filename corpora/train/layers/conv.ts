// Convolution of 3 x 3 that keeps the size of the image. x: [batch, inputs, h, w] -> [batch, outputs, h, w].
import { attribute } from '../../../src/program/primitive.js';
import { heDeviation, type Layer } from './layer.js';

const KERNEL = [3, 3];
const PADS = [1, 1, 1, 1];
const WINDOW = { strides: [1, 1], pads: PADS, dilations: [1, 1], group: 1 };

export function conv(name: string, inputs: number, outputs: number): Layer {
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  return {
    name,
    type: 'Conv',
    parameters: [
      { name: weight, shape: [outputs, inputs, ...KERNEL], deviation: heDeviation(inputs * 9) },
      { name: bias, shape: [outputs], deviation: 0 },
    ],
    attributes: new Map([
      ['kernel_shape', attribute.ints(KERNEL)],
      ['pads', attribute.ints(PADS)],
    ]),
    forward: (p, x, weights) =>
      p.add(p.conv(x, weights(weight), WINDOW), p.reshape(weights(bias), [1, outputs, 1, 1])),
  };
}

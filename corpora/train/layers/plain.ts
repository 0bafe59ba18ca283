// Layers without parameters.
import { attribute } from '../../../src/program/primitive.js';
import type { Layer } from './layer.js';

/** x: [batch, ...d] -> [batch, size]. */
export const flatten = (name: string): Layer => ({
  name,
  type: 'Flatten',
  parameters: [],
  attributes: new Map(),
  forward: (p, x) => p.mergeInto(x, 1),
  interval: (p, { mid, rad }) => ({ mid: p.mergeInto(mid, 1), rad: p.mergeInto(rad, 1) }),
});

/** Interval: monotone, so exact. */
export const relu = (name: string): Layer => ({
  name,
  type: 'Relu',
  parameters: [],
  attributes: new Map(),
  forward: (p, x) => p.relu(x),
  interval: (p, { mid, rad }) => {
    const [lower, upper] = [p.relu(p.sub(mid, rad)), p.relu(p.add(mid, rad))];
    return { mid: p.mul(p.add(lower, upper), 0.5), rad: p.mul(p.sub(upper, lower), 0.5) };
  },
});

/** Halves height and width. */
export const maxPool = (name: string): Layer => ({
  name,
  type: 'MaxPool',
  parameters: [],
  attributes: new Map([
    ['kernel_shape', attribute.ints([2, 2])],
    ['strides', attribute.ints([2, 2])],
  ]),
  forward: (p, x) => p.maxPool(x, { kernel: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0], dilations: [1, 1] }),
});

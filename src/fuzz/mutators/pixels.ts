// Images as planes of pixels, whatever the order of their axes, and back.
import { productDim } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import type { Domain, ImageLayout } from '../domain.js';

/** [parents, 1, ...input] -> [parents, channels, pixels]. */
export function planesOf(p: Program, inputs: Value, { channels, height, width, order }: ImageLayout): Value {
  const parents = inputs.shape[0] ?? 1;
  const pixels = height * width;
  return order === 'HWC'
    ? p.transpose(p.reshape(inputs, [parents, pixels, channels]), [0, 2, 1])
    : p.reshape(inputs, [parents, channels, pixels]);
}

/** [parents, channels, children, pixels] -> [parents, children, ...input]. */
export function fromPlanes(p: Program, planes: Value, { shape }: Domain, { order }: ImageLayout): Value {
  const [parents = 1, , children = 1] = planes.shape;
  const ordered = p.transpose(planes, order === 'HWC' ? [0, 2, 3, 1] : [0, 2, 1, 3]);
  return p.reshape(ordered, [parents, children, ...shape]);
}

/** All planes of a batch one after the other: [parents, channels, pixels] -> [parents * channels, pixels]. */
export const stacked = (p: Program, planes: Value): Value =>
  p.reshape(planes, [productDim(planes.shape.slice(0, 2)), planes.shape[2] ?? 1]);

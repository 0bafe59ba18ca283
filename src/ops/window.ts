// Windows of convolution and pooling nodes, from their attributes: explicit or automatic padding.
import type { Node } from '../graph/graph.js';
import type { Dims } from '../program/dims.js';
import { intsAttribute, stringAttribute } from './attributes.js';

export type NodeWindow = {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
};

/** @param input shape of the node's input [batch, c, ...s] */
export function nodeWindow(node: Node, input: Dims, kernel: readonly number[]): NodeWindow {
  const ones = kernel.map(() => 1);
  const strides = intsAttribute(node, 'strides') ?? ones;
  const dilations = intsAttribute(node, 'dilations') ?? ones;
  return { kernel, strides, dilations, pads: padsOf(node, input, kernel, strides, dilations) };
}

function padsOf(
  node: Node,
  input: Dims,
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): readonly number[] {
  const mode = stringAttribute(node, 'auto_pad', 'NOTSET');
  if (mode === 'NOTSET') return intsAttribute(node, 'pads') ?? kernel.flatMap(() => [0, 0]);
  if (mode === 'VALID') return kernel.flatMap(() => [0, 0]);
  const totals = kernel.map((size, axis) => {
    const [length, stride] = [Number(input[axis + 2]), strides[axis] ?? 1];
    const reach = (size - 1) * (dilations[axis] ?? 1) + 1;
    return Math.max((Math.ceil(length / stride) - 1) * stride + reach - length, 0);
  });
  const [less, more] = [
    totals.map((total) => Math.floor(total / 2)),
    totals.map((total) => Math.ceil(total / 2)),
  ];
  return mode === 'SAME_UPPER' ? [...less, ...more] : [...more, ...less];
}

/**
 * Windows that read one element of the input, at most: of the taps every (stride / gcd)-th falls on it. Of a transposed convolution,
 * those that overlap in one output.
 */
export const windowsOfElement = ({
  kernel,
  strides,
  dilations,
}: Pick<NodeWindow, 'kernel' | 'strides' | 'dilations'>): number =>
  kernel.reduce((product, size, axis) => {
    const [stride, dilation] = [strides[axis] ?? 1, dilations[axis] ?? 1];
    return product * Math.ceil(size / (stride / greatestDivisor(stride, dilation)));
  }, 1);

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

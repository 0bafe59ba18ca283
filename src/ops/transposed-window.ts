// Windows of transposed convolution, from their attributes and the output's shape.
import type { Node } from '../graph/graph.js';
import { type Dims, staticDim } from '../program/dims.js';
import { intAttribute, intsAttribute, stringAttribute } from './attributes.js';
import { windowsOfElement } from './window.js';

/** All lists are per spatial axis; `pads` are all begins, then all ends. */
export type TransposedWindow = {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
  readonly group: number;
  /** Zeros behind the last window. */
  readonly outputPadding: readonly number[];
  /** Windows that overlap in one output, at most. */
  readonly overlap: number;
};

/**
 * @param input shape of x [batch, c, ...s]
 * @param weights shape of w [c, m / group, ...k]
 * @param output shape of the node's output [batch, m, ...o], which has the last word on its length
 */
export function transposedWindow(node: Node, input: Dims, weights: Dims, output: Dims): TransposedWindow {
  const kernel = weights.slice(2).map((_, axis) => staticDim(weights, axis + 2));
  const ones = kernel.map(() => 1);
  const strides = intsAttribute(node, 'strides') ?? ones;
  const dilations = intsAttribute(node, 'dilations') ?? ones;
  const axes = kernel.map((size, axis) => {
    const [stride, dilation] = [strides[axis] ?? 1, dilations[axis] ?? 1];
    const full = (staticDim(input, axis + 2) - 1) * stride + (size - 1) * dilation + 1;
    const begin = beginPad(node, axis, full, staticDim(input, axis + 2) * stride, kernel.length);
    const rest = staticDim(output, axis + 2) - (full - begin);
    return {
      begin,
      end: Math.max(-rest, 0),
      outputPadding: Math.max(rest, 0),
    };
  });
  return {
    kernel,
    strides,
    dilations,
    pads: [...axes.map(({ begin }) => begin), ...axes.map(({ end }) => end)],
    group: intAttribute(node, 'group', 1),
    outputPadding: axes.map((axis) => axis.outputPadding),
    overlap: windowsOfElement({ kernel, strides, dilations }),
  };
}

/**
 * What is cut off at the beginning of one axis: as given, or such that the wanted length remains, the odd one at the end for
 * SAME_UPPER and at the beginning otherwise (ONNX, ConvTranspose; so does ONNX Runtime).
 */
function beginPad(node: Node, axis: number, full: number, same: number, axes: number): number {
  const mode = stringAttribute(node, 'auto_pad', 'NOTSET');
  const given = intsAttribute(node, 'output_shape')?.slice(-axes)[axis];
  const wanted = given ?? (mode.startsWith('SAME') ? same : undefined);
  if (wanted === undefined) return mode === 'NOTSET' ? (intsAttribute(node, 'pads')?.[axis] ?? 0) : 0;
  const extra = intsAttribute(node, 'output_padding')?.[axis] ?? 0;
  const total = Math.max(full + extra - wanted, 0);
  return mode === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2);
}

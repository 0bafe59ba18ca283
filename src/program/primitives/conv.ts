// Convolution over any number of spatial axes, float32. float64, which ONNX Runtime cannot convolve, is in ../convolution.ts.

import {
  convOutputDims,
  convTransposeOutputDims,
  convWeightGradient,
  transposePadding,
  windowOf,
} from '../convolution.js';
import { attribute, emitOne, type Primitive } from '../primitive.js';
import { ProgramError } from '../program-error.js';
import { type Attributes, int, ints, pair, type Value } from '../value.js';

function onnxAttributes(attributes: Attributes) {
  return {
    strides: attribute.ints(ints(attributes, 'strides')),
    pads: attribute.ints(ints(attributes, 'pads')),
    dilations: attribute.ints(ints(attributes, 'dilations')),
    group: attribute.int(int(attributes, 'group')),
  };
}

function float32Only(...values: readonly Value[]): void {
  for (const { dtype } of values)
    if (dtype !== 'float32') throw new ProgramError(`convolution kernels take float32, not ${dtype}`);
}

/** x [batch, c, ...s], w [m, c / group, ...k] -> [batch, m, ...o]. */
const conv: Primitive = {
  infer: (inputs, attributes) => {
    const [x, w] = pair(inputs);
    float32Only(x, w);
    return { dtype: x.dtype, shape: convOutputDims(x.shape, w.shape, windowOf(attributes)) };
  },
  emit: (emitter, value, inputs) => emitOne(emitter, 'Conv', inputs, onnxAttributes(value.attributes)),
  gradient: (p, value, dy, [ofX, ofW]) => {
    const [x, w] = pair(value.inputs);
    const window = windowOf(value.attributes);
    return [
      ofX ? p.convTranspose(dy, w, window, transposePadding(x.shape, w.shape, window)) : undefined,
      ofW ? convWeightGradient(p, x, dy, w.shape, window) : undefined,
    ];
  },
};

/** x [batch, m, ...o], w [m, c / group, ...k] -> [batch, c, ...s]: the transpose of conv with the same window. */
const convTranspose: Primitive = {
  infer: (inputs, attributes) => {
    const [x, w] = pair(inputs);
    float32Only(x, w);
    const shape = convTransposeOutputDims(
      x.shape,
      w.shape,
      windowOf(attributes),
      ints(attributes, 'outputPadding'),
    );
    return { dtype: x.dtype, shape };
  },
  emit: (emitter, value, inputs) =>
    emitOne(emitter, 'ConvTranspose', inputs, {
      ...onnxAttributes(value.attributes),
      output_padding: attribute.ints(ints(value.attributes, 'outputPadding')),
    }),
  gradient: (p, value, dy, [ofX, ofW]) => {
    const [x, w] = pair(value.inputs);
    const window = windowOf(value.attributes);
    return [
      ofX ? p.conv(dy, w, window) : undefined,
      ofW ? convWeightGradient(p, dy, x, w.shape, window) : undefined,
    ];
  },
};

/** Convolution and its transpose, with ONNX Runtime's float32 kernels. */
export const convPrimitives = { conv, convTranspose } satisfies Record<string, Primitive>;

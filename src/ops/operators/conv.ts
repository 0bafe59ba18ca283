import { staticDim } from '../../program/dims.js';
import type { Value } from '../../program/value.js';
import { affineInterval, weightMagnitude } from '../affine.js';
import { intAttribute } from '../attributes.js';
import { alongChannels, constantWeights } from '../channels.js';
import type { Interval } from '../interval.js';
import {
  type IntervalContext,
  type LowerContext,
  type NodeContext,
  type Operator,
  operand,
} from '../operator.js';
import { nodeWindow, windowsOfElement } from '../window.js';

function windowOf({ node }: NodeContext, x: Value, w: Value) {
  const kernel = w.shape.slice(2).map((_, axis) => staticDim(w.shape, axis + 2));
  return { ...nodeWindow(node, x.shape, kernel), group: intAttribute(node, 'group', 1) };
}

const innerAxes = (w: Value): number[] => w.shape.slice(1).map((_, axis) => axis + 1);

function lower(context: LowerContext): Value {
  const { p, inputs } = context;
  const [x, w] = [operand(context, 0), operand(context, 1)];
  const { kernel: _, ...window } = windowOf(context, x, w);
  const product = p.conv(x, w, window);
  return inputs[2] === undefined
    ? product
    : p.add(product, alongChannels(context.p, inputs[2], x.shape.length));
}

function interval(context: IntervalContext): Interval {
  const { p, rounding } = context;
  const x = context.input(0);
  const { w, b } = constantWeights(context);
  const whole = windowOf(context, x.lower, w);
  const { kernel, ...window } = whole;
  const absolute = weightMagnitude(p, w);
  const bias = b && alongChannels(p, b, w.shape.length);
  return affineInterval(p, rounding, {
    input: x,
    linear: (z) => p.conv(z, w, window),
    absLinear: (z) => p.conv(z, absolute, window),
    norm: alongChannels(
      p,
      p.reshape(p.reduceSum(absolute, innerAxes(w)), w.shape.slice(0, 1)),
      w.shape.length,
    ),
    bias,
    length: kernel.reduce((product, size) => product * size, staticDim(w.shape, 1)),
    readers: (staticDim(w.shape, 0) / window.group) * windowsOfElement(whole),
    weight: undefined,
  });
}

/**
 * Conv (ONNX opset 1+), any number of spatial axes. x [batch, c, ...s], w [m, c / group, ...k], b [m] -> [batch, m, ...o].
 * Interval: affine. Rounding: gamma_(n+1) (|w| |x| + |b|), n = c / group times the kernel's size, in any order.
 */
export const conv = { type: 'Conv', lower, interval } satisfies Operator;

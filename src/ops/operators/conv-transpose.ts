import { staticDim, staticSize } from '../../program/dims.js';
import type { Value } from '../../program/value.js';
import { affineInterval, weightMagnitude } from '../affine.js';
import { alongChannels, constantWeights } from '../channels.js';
import type { Interval } from '../interval.js';
import {
  type IntervalContext,
  type LowerContext,
  type NodeContext,
  type Operator,
  operand,
} from '../operator.js';
import { type TransposedWindow, transposedWindow } from '../transposed-window.js';

const windowOf = ({ node, output }: NodeContext, x: Value, w: Value): TransposedWindow =>
  transposedWindow(node, x.shape, w.shape, output.shape);

/** Without bias. */
const product = ({ p }: NodeContext, x: Value, w: Value, window: TransposedWindow): Value =>
  p.convTranspose(x, w, window, window.outputPadding);

function lower(context: LowerContext): Value {
  const [x, w, bias] = [operand(context, 0), operand(context, 1), context.inputs[2]];
  const y = product(context, x, w, windowOf(context, x, w));
  return bias === undefined ? y : context.p.add(y, alongChannels(context.p, bias, x.shape.length));
}

/** w [group * c, m / group, ...k] -> [group * (m / group), 1, ...]: the sum of |w| over all that one output channel may read. */
function channelNorms(context: NodeContext, absolute: Value, group: number): Value {
  const { p } = context;
  const [channels, filters] = [staticDim(absolute.shape, 0) / group, staticDim(absolute.shape, 1)];
  const taps = staticSize(absolute.shape.slice(2));
  const flat = p.reshape(absolute, [group, channels, filters, taps]);
  return alongChannels(
    context.p,
    p.reshape(p.reduceSum(flat, [1, 3]), [group * filters]),
    absolute.shape.length,
  );
}

function interval(context: IntervalContext): Interval {
  const { p, rounding } = context;
  const x = context.input(0);
  const { w, b } = constantWeights(context);
  const window = windowOf(context, x.lower, w);
  const absolute = weightMagnitude(p, w);
  return affineInterval(p, rounding, {
    input: x,
    linear: (z) => product(context, z, w, window),
    absLinear: (z) => product(context, z, absolute, window),
    norm: channelNorms(context, absolute, window.group),
    bias: b && alongChannels(p, b, w.shape.length),
    length: (staticDim(w.shape, 0) / window.group) * window.overlap,
    readers: window.kernel.reduce((taps, size) => taps * size, staticDim(w.shape, 1)),
    weight: undefined,
  });
}

/**
 * ConvTranspose (ONNX opset 1+), any number of spatial axes. x [batch, c, ...s], w [c, m / group, ...k], b [m] -> [batch, m, ...o].
 * Interval: affine. Rounding: gamma_(n+1) (|w| |x| + |b|), n = c / group times the windows that overlap in one output, in any
 * order (the kernel adds columns of a matrix product).
 */
export const convTranspose = { type: 'ConvTranspose', lower, interval } satisfies Operator;

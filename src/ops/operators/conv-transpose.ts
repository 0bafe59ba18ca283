import { staticDim, staticSize } from '../../program/dims.js';
import type { Value } from '../../program/value.js';
import { affineInterval, weightMagnitude } from '../affine.js';
import { type Interval, isPoint } from '../interval.js';
import {
  type IntervalContext,
  type LowerContext,
  type NodeContext,
  type Operator,
  operand,
  Unbounded,
} from '../operator.js';
import { type TransposedWindow, transposedWindow } from '../transposed-window.js';

const windowOf = ({ node, output }: NodeContext, x: Value, w: Value): TransposedWindow =>
  transposedWindow(node, x.shape, w.shape, output.shape);

/** Bias [m] -> [m, 1, ...], which broadcasts over batch and space. */
const shapedBias = ({ p }: NodeContext, bias: Value, rank: number): Value =>
  p.reshape(bias, [bias.shape[0] ?? 1, ...new Array<number>(rank - 2).fill(1)]);

/** Without bias. */
const product = ({ p }: NodeContext, x: Value, w: Value, window: TransposedWindow): Value =>
  p.convTranspose(x, w, window, window.outputPadding);

function lower(context: LowerContext): Value {
  const [x, w, bias] = [operand(context, 0), operand(context, 1), context.inputs[2]];
  const y = product(context, x, w, windowOf(context, x, w));
  return bias === undefined ? y : context.p.add(y, shapedBias(context, bias, x.shape.length));
}

/** w [group * c, m / group, ...k] -> [group * (m / group), 1, ...]: the sum of |w| over all that one output channel may read. */
function channelNorms(context: NodeContext, absolute: Value, group: number): Value {
  const { p } = context;
  const [channels, filters] = [staticDim(absolute.shape, 0) / group, staticDim(absolute.shape, 1)];
  const taps = staticSize(absolute.shape.slice(2));
  const flat = p.reshape(absolute, [group, channels, filters, taps]);
  return shapedBias(context, p.reshape(p.reduceSum(flat, [1, 3]), [group * filters]), absolute.shape.length);
}

function interval(context: IntervalContext): Interval {
  const { p, rounding, node } = context;
  const [x, weights] = [context.input(0), context.input(1)];
  const biases = context.has(2) ? context.input(2) : undefined;
  if (!isPoint(weights) || (biases && !isPoint(biases))) {
    throw new Unbounded(`node "${node.name}" (ConvTranspose): only constant weights are bounded`);
  }
  const w = weights.lower;
  const window = windowOf(context, x.lower, w);
  const absolute = weightMagnitude(p, w);
  return affineInterval(p, rounding, {
    input: x,
    linear: (z) => product(context, z, w, window),
    absLinear: (z) => product(context, z, absolute, window),
    norm: channelNorms(context, absolute, window.group),
    bias: biases && shapedBias(context, biases.lower, w.shape.length),
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

// MaxPool, AveragePool and GlobalAveragePool.
import { float32 } from '../../base/tensor.js';
import { staticDim } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { affineInterval, scaleShift } from '../affine.js';
import { intAttribute, intsAttribute } from '../attributes.js';
import { type Interval, monotone } from '../interval.js';
import { type IntervalContext, type NodeContext, NotLowered, type Operator, operand } from '../operator.js';
import { nodeWindow } from '../window.js';

function poolingOf({ node }: NodeContext, x: Value) {
  const kernel = intsAttribute(node, 'kernel_shape');
  if (kernel === undefined) throw new NotLowered(`${node.type} without kernel_shape`);
  if (intAttribute(node, 'storage_order', 0) !== 0) throw new NotLowered('MaxPool in column order');
  return nodeWindow(node, x.shape, kernel);
}

const pooled = (context: NodeContext, x: Value): Value => context.p.maxPool(x, poolingOf(context, x));

/**
 * MaxPool (ONNX opset 1+). x [batch, c, ...s] -> [batch, c, ...o]. Interval: monotone, exact;
 * infinite upper bounds stay. The kernel swallows NaN, see interval.ts.
 */
export const maxPool = {
  type: 'MaxPool',
  lower: (context) => pooled(context, operand(context, 0)),
  interval: (context) => monotone(context.input(0), (bound) => pooled(context, bound)),
} satisfies Operator;

/** Sums over each window, channel by channel: a convolution by ones. */
function windowSum(p: Program, x: Value, { kernel, ...window }: ReturnType<typeof poolingOf>): Value {
  const channels = staticDim(x.shape, 1);
  const size = kernel.reduce((product, length) => product * length, channels);
  const ones = p.cast(p.constant(float32(new Float32Array(size).fill(1), [channels, 1, ...kernel])), x.dtype);
  return p.conv(x, ones, { ...window, group: channels });
}

/** 1 / number of elements in each window, [1, c, ...o] or a number. */
function windowWeight(context: NodeContext, x: Value, pooling: ReturnType<typeof poolingOf>): Value {
  const { p, node } = context;
  const full = pooling.kernel.reduce((product, length) => product * length, 1);
  if (intAttribute(node, 'count_include_pad', 0) !== 0 || pooling.pads.every((pad) => pad === 0)) {
    return p.scalar(x.dtype, 1 / full);
  }
  const shape = [1, ...x.shape.slice(1).map((_, axis) => staticDim(x.shape, axis + 1))];
  const size = shape.reduce((product, length) => product * length, 1);
  const ones = p.cast(p.constant(float32(new Float32Array(size).fill(1), shape)), x.dtype);
  return p.reciprocal(windowSum(p, ones, pooling));
}

/**
 * Sum, then a scale, because the sum may overflow where the mean does not. Dividing by the count rounds once, multiplying
 * by a rounded 1 / count twice: scaleShift covers both.
 */
function meanInterval(
  context: IntervalContext,
  sum: (z: Value) => Value,
  count: number,
  weight: Value,
): Interval {
  const { p, rounding } = context;
  const total = affineInterval(p, rounding, {
    input: context.input(0),
    linear: sum,
    absLinear: sum,
    norm: p.scalar(rounding.dtype, count),
    bias: undefined,
    length: count,
    readers: count,
    weight: undefined,
  });
  return scaleShift(p, rounding, total, weight, undefined);
}

function averageInterval(context: IntervalContext): Interval {
  const x = context.input(0).lower;
  const pooling = poolingOf(context, x);
  const count = pooling.kernel.reduce((product, size) => product * size, 1);
  const sum = (z: Value) => windowSum(context.p, z, pooling);
  return meanInterval(context, sum, count, windowWeight(context, x, pooling));
}

/**
 * AveragePool (ONNX opset 7+). x [batch, c, ...s] -> [batch, c, ...o].
 * Interval: affine, a sum and a scale by 1 / count. Rounding: gamma_(k+2), k the window's size.
 */
export const averagePool = {
  type: 'AveragePool',
  lower: (context) => {
    const x = operand(context, 0);
    const pooling = poolingOf(context, x);
    return context.p.mul(windowSum(context.p, x, pooling), windowWeight(context, x, pooling));
  },
  interval: averageInterval,
} satisfies Operator;

const spatialAxes = (x: Value): number[] => x.shape.slice(2).map((_, axis) => axis + 2);

function globalInterval(context: IntervalContext): Interval {
  const { p, rounding } = context;
  const x = context.input(0).lower;
  const axes = spatialAxes(x);
  const count = axes.reduce((product, axis) => product * staticDim(x.shape, axis), 1);
  return meanInterval(context, (z) => p.reduceSum(z, axes), count, p.scalar(rounding.dtype, 1 / count));
}

/** GlobalAveragePool (ONNX opset 1+). x [batch, c, ...s] -> [batch, c, 1, ...]. Interval: affine. */
export const globalAveragePool = {
  type: 'GlobalAveragePool',
  lower: (context) => context.p.reduceMean(operand(context, 0), spatialAxes(operand(context, 0))),
  interval: globalInterval,
} satisfies Operator;

// MaxPool, AveragePool, GlobalMaxPool and GlobalAveragePool.
import { sizeOf, stridesOf } from '../../base/shape.js';
import { float32, int64 } from '../../base/tensor.js';
import { type Dims, staticDim } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { intAttribute, intsAttribute } from '../attributes.js';
import { type Contest, greatestRelaxation } from '../greatest.js';
import { type Interval, monotone } from '../interval.js';
import { range } from '../movement.js';
import {
  type IntervalContext,
  type NodeContext,
  NotLowered,
  type Operator,
  operand,
  type RelaxContext,
} from '../operator.js';
import { meanInterval } from '../reduction.js';
import type { Relaxation } from '../relaxation.js';
import { type NodeWindow, nodeWindow } from '../window.js';
import { contestOver } from './reduce-extremum.js';

function windowOf({ node }: NodeContext, x: Value): NodeWindow {
  const kernel = intsAttribute(node, 'kernel_shape');
  if (kernel === undefined) throw new NotLowered(`${node.type} without kernel_shape`);
  if (intAttribute(node, 'storage_order', 0) !== 0) throw new NotLowered('MaxPool in column order');
  return nodeWindow(node, x.shape, kernel);
}

/**
 * Per axis, how far the last window reaches beyond the padding. With ceil_mode it may, as long as it starts inside: how many
 * windows there are is seen in the instrumented run. MaxPool and AveragePool do not see what is beyond.
 */
function beyond({ node, output }: NodeContext, x: Value, window: NodeWindow): number[] {
  const { kernel, strides, pads, dilations } = window;
  if (intAttribute(node, 'ceil_mode', 0) === 0) return kernel.map(() => 0);
  return kernel.map((length, axis) => {
    const before = pads[axis] ?? 0;
    const start = (staticDim(output.shape, axis + 2) - 1) * (strides[axis] ?? 1);
    const end = start + (length - 1) * (dilations[axis] ?? 1) + 1;
    const inside = before + staticDim(x.shape, axis + 2);
    if (start >= inside) throw new NotLowered(`${node.type} with windows of padding alone`);
    return Math.max(end - inside - (pads[axis + kernel.length] ?? 0), 0);
  });
}

/** ONNX Runtime refuses padding as long as the window, so that what is beyond it is joined to x. */
function pooled(context: NodeContext, x: Value): Value {
  const window = windowOf(context, x);
  const after = [0, 0, ...beyond(context, x, window)];
  const whole = context.p.pad(
    x,
    after.map(() => 0),
    after,
    -Infinity,
  );
  return context.p.maxPool(whole, window);
}

/** The window of AveragePool, whose sums are a convolution, which knows no limit of padding. */
function averageWindow(context: NodeContext, x: Value): NodeWindow {
  const window = windowOf(context, x);
  const more = beyond(context, x, window);
  if (more.every((count) => count === 0)) return window;
  if (intAttribute(context.node, 'count_include_pad', 0) !== 0)
    throw new NotLowered('AveragePool that counts padding, with windows beyond it');
  return { ...window, pads: window.pads.map((pad, at) => pad + (more[at - more.length] ?? 0)) };
}

/** Of the greatest with zeros around x, or without them: without them it is at least the least of all. */
function pooledInterval(context: IntervalContext): Interval {
  const { p } = context;
  const x = context.input(0);
  if (!x.padded) return monotone(x, (bound) => pooled(context, bound));
  const least = p.neg(pooled(context, p.neg(x.lower)));
  // ONNX Runtime computes the bounds as well: so that it does not see the zeros there.
  const own = monotone(x, (bound) => pooled(context, p.max(bound, -Infinity)));
  return { lower: p.where(p.greaterOrEqual(least, 0), own.lower, least), upper: own.upper };
}

/** Places in the flattened space that each window sees, [windows, window]; that of padding is the size of the space. */
function windowPlaces(
  { kernel, strides, pads, dilations }: NodeWindow,
  space: readonly number[],
  out: readonly number[],
) {
  const [own, inner, steps] = [stridesOf(out), stridesOf(kernel), stridesOf(space)];
  const outside = sizeOf(space);
  const coordinate = (at: number, strides: readonly number[], sizes: readonly number[], axis: number) =>
    Math.floor(at / (strides[axis] ?? 1)) % (sizes[axis] ?? 1);
  return range(sizeOf(out)).map((window) =>
    range(sizeOf(kernel)).map((element) => {
      const place = space.map(
        (_, axis) =>
          coordinate(window, own, out, axis) * (strides[axis] ?? 1) +
          coordinate(element, inner, kernel, axis) * (dilations[axis] ?? 1) -
          (pads[axis] ?? 0),
      );
      const inside = place.every((at, axis) => at >= 0 && at < (space[axis] ?? 0));
      return inside ? place.reduce((sum, at, axis) => sum + at * (steps[axis] ?? 1), 0) : outside;
    }),
  );
}

function relaxMaxPool(context: RelaxContext): Relaxation | undefined {
  const { p, bounds } = context;
  const x = context.input(0);
  if (x.padded) return undefined;
  const { shape } = x.lower;
  const window = windowOf(context, x.lower);
  const fixed = (dims: Dims) => dims.slice(2).map((_, axis) => staticDim(dims, axis + 2));
  const space = fixed(shape);
  const places = windowPlaces(window, space, fixed(bounds.lower.shape));
  const [leading, size] = [shape.slice(0, 2), sizeOf(space)];
  const at = p.constant(int64(places.flat(), [places.length, sizeOf(window.kernel)]));
  const candidates = monotone(x, (bound) =>
    p.gather(p.pad(p.reshape(bound, [...leading, size]), [0, 0, 0], [0, 0, 1], -Infinity), at, 2),
  );
  const rowsOf = (value: Value) => value.shape[0] ?? 1;
  const contest: Contest = {
    candidates,
    places,
    size: size + 1,
    readers: sizeOf(window.kernel),
    inward: (a) => p.reshape(a, [rowsOf(a), ...leading, places.length]),
    outward: (a) => p.reshape(p.slice(a, 3, 0, size), [rowsOf(a), ...shape]),
  };
  return greatestRelaxation(context, contest, 1);
}

/**
 * MaxPool (ONNX opset 1+). x [batch, c, ...s] -> [batch, c, ...o]. Interval: monotone, exact;
 * infinite upper bounds stay; around zeros of a Pad the hull of what ONNX Runtime makes of both (PadFusion). The kernel swallows NaN, see interval.ts. Relaxation: the element of the greatest lower bound.
 */
export const maxPool = {
  type: 'MaxPool',
  lower: (context) => pooled(context, operand(context, 0)),
  interval: pooledInterval,
  relax: relaxMaxPool,
} satisfies Operator;

/** Sums over each window, channel by channel: a convolution by ones. */
function windowSum(p: Program, x: Value, { kernel, ...window }: NodeWindow): Value {
  const channels = staticDim(x.shape, 1);
  const size = kernel.reduce((product, length) => product * length, channels);
  const ones = p.cast(p.constant(float32(new Float32Array(size).fill(1), [channels, 1, ...kernel])), x.dtype);
  return p.conv(x, ones, { ...window, group: channels });
}

/** 1 / number of elements in each window, [1, c, ...o] or a number. */
function windowWeight(context: NodeContext, x: Value, pooling: NodeWindow): Value {
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

function averageInterval(context: IntervalContext): Interval {
  const x = context.input(0).lower;
  const pooling = averageWindow(context, x);
  const count = pooling.kernel.reduce((product, size) => product * size, 1);
  const sum = (z: Value) => windowSum(context.p, z, pooling);
  return meanInterval(context, { sum, count, readers: count }, windowWeight(context, x, pooling));
}

/**
 * AveragePool (ONNX opset 7+). x [batch, c, ...s] -> [batch, c, ...o].
 * Interval: affine, a sum and a scale by 1 / count. Rounding: gamma_(k+2), k the window's size.
 */
export const averagePool = {
  type: 'AveragePool',
  lower: (context) => {
    const x = operand(context, 0);
    const pooling = averageWindow(context, x);
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
  const sum = (z: Value) => p.reduceSum(z, axes);
  return meanInterval(context, { sum, count, readers: 1 }, p.scalar(rounding.dtype, 1 / count));
}

/** GlobalAveragePool (ONNX opset 1+). x [batch, c, ...s] -> [batch, c, 1, ...]. Interval: affine. */
export const globalAveragePool = {
  type: 'GlobalAveragePool',
  lower: (context) => context.p.reduceMean(operand(context, 0), spatialAxes(operand(context, 0))),
  interval: globalInterval,
} satisfies Operator;

/** GlobalMaxPool (ONNX opset 1+). x [batch, c, ...s] -> [batch, c, 1, ...]. As MaxPool with one window. */
export const globalMaxPool = {
  type: 'GlobalMaxPool',
  lower: (context) => context.p.reduceMax(operand(context, 0), spatialAxes(operand(context, 0))),
  interval: (context) =>
    monotone(context.input(0), (bound) => context.p.reduceMax(bound, spatialAxes(bound))),
  relax: (context) => {
    const x = context.input(0);
    return greatestRelaxation(context, contestOver(context.p, x, spatialAxes(x.lower)), 1);
  },
} satisfies Operator;

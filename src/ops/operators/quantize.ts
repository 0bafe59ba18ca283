// QuantizeLinear and DequantizeLinear, per tensor or per axis.
//
// ONNX Runtime fuses integer kernels out of Dequantize, an operator and Quantize (QLinearConv, QLinearMatMul, QLinearAdd, ...).
// They compute the same real number before it is rounded to a step, but by other roundings in float32; so their result is that
// of Quantize for an argument that is a little off: by what the operator's own bounds allow for, and `spareSteps`. Kernels of
// onnxruntime 1.30 that do more are told by their own operator (`Interval.spareSteps`): QLinearSoftmax is the only one known.
// Measured there: QLinearSigmoid, LeakyRelu, AveragePool and GlobalAveragePool stay within 2^-17 of a step.
// Products that may saturate have no bounds: saturation.ts.
import type { DType } from '../../base/dtype.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { scaleShift } from '../affine.js';
import { intAttribute } from '../attributes.js';
import { type Grid, type Interval, isPoint, outward, unlessInfinite, whereSound } from '../interval.js';
import {
  type IntervalContext,
  type LowerContext,
  type NodeContext,
  NotLowered,
  type Operator,
  operand,
  type RelaxContext,
  Unbounded,
} from '../operator.js';
import { rampLines } from '../piecewise.js';

const ranges: Partial<Record<DType, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
};

/**
 * By how much of a step a fused kernel may be off: rounding of sums and products of a few numbers below 2^18 steps, in units
 * of 2^-24. Numbers on the grid itself, quantised once more, stay where they are.
 */
const spareSteps = 1 / 8;

function rangeOf({ output, node }: NodeContext): readonly [number, number] {
  const range = ranges[output.dtype];
  if (range === undefined) throw new NotLowered(`${node.type} to ${output.dtype}`);
  return range;
}

/** One number, or one for each place along the axis, in the shape that broadcasts to x. */
function alongAxis({ p, node }: NodeContext, parameter: Value, x: Value): Value {
  if (intAttribute(node, 'block_size', 0) !== 0) throw new NotLowered(`${node.type} by blocks`);
  if (parameter.shape.every((dim) => dim === 1)) return p.reshape(parameter, []);
  const axis = intAttribute(node, 'axis', 1);
  const after = axis < 0 ? -axis - 1 : x.shape.length - axis - 1;
  return p.reshape(parameter, [...parameter.shape, ...new Array<number>(after).fill(1)]);
}

/** Scale and zero point as floats; a zero point that is left out is 0. */
function parametersOf(context: LowerContext, x: Value): Grid {
  const { p, inputs } = context;
  const scale = alongAxis(context, operand(context, 1), x);
  if (scale.dtype !== 'float32') throw new NotLowered(`${context.node.type} by ${scale.dtype}`);
  const zero = inputs[2];
  return {
    scale,
    zero: zero === undefined ? p.scalar('float32', 0) : p.cast(alongAxis(context, zero, x), 'float32'),
  };
}

function gridOf(context: IntervalContext, x: Value): Grid {
  const { p, node, rounding } = context;
  const parameter = (position: number): Value => {
    const bounds = context.input(position);
    if (isPoint(bounds)) return alongAxis(context, bounds.lower, x);
    throw new Unbounded(`node "${node.name}" (${node.type}): scale and zero point are not constant`);
  };
  return { scale: parameter(1), zero: context.has(2) ? parameter(2) : p.scalar(rounding.dtype, 0) };
}

/** Clipped before it is rounded, as the kernel does. */
function quantized(
  context: NodeContext,
  steps: Value,
  zero: Value,
  rounded = (p: Program, x: Value) => p.round(x),
): Value {
  const { p } = context;
  const [least, most] = rangeOf(context);
  const clipped = p.min(p.max(steps, p.sub(least, zero)), p.sub(most, zero));
  return p.add(rounded(p, clipped), zero);
}

/**
 * For derivatives, rounding is left out (Bengio et al., arXiv 1308.3432: the straight-through estimator): a search would be
 * told nothing by steps. round(x) - x is exact in floating point, and so is its sum with x.
 */
const roundedStraight = (p: Program, x: Value): Value => p.add(x, p.detach(p.sub(p.round(x), x)));

function lowerQuantize(context: LowerContext): Value {
  const { p, output } = context;
  const x = operand(context, 0);
  const { scale, zero } = parametersOf(context, x);
  return p.castWhole(quantized(context, p.div(x, scale), zero, roundedStraight), output.dtype);
}

/**
 * Steps by which ONNX Runtime may move x that comes straight from another grid: of two pairs of Quantize and Dequantize with
 * nothing between them it makes one, whose grid spans what both reach, with steps no larger than either's. The first
 * rounding, by half a step, is left out, and the new grid adds a step: its rounding, and that of its zero point.
 * A scale or shift between the two may be one that ONNX Runtime drops. Undefined for one and the same grid.
 */
function mergedSteps({ p }: IntervalContext, x: Interval, { scale, zero }: Grid): Value | undefined {
  const before = x.affine?.input.grid;
  if (before === undefined || x.affine?.scale === undefined) return undefined;
  const direct = x.affine.scale === before.scale;
  if (direct && before.scale === scale && before.zero === zero) return undefined;
  return p.mul(p.div(p.abs(x.affine.scale), scale), 2);
}

function quantizeInterval(context: IntervalContext): Interval {
  const { p, rounding } = context;
  const x = context.input(0);
  const grid = gridOf(context, x.lower);
  const { scale, zero } = grid;
  const steps = outward(p, rounding, { lower: p.div(x.lower, scale), upper: p.div(x.upper, scale) }, 1);
  const merged = mergedSteps(context, x, grid);
  const own = spareSteps + (x.spareSteps ?? 0);
  const spare = merged === undefined ? own : p.add(merged, own);
  const bounds = {
    lower: quantized(context, p.sub(steps.lower, spare), zero),
    upper: quantized(context, p.add(steps.upper, spare), zero),
  };
  // Results of a merged pair are not on this grid: they are up to half a step aside, and half a step outside of its range.
  const outer =
    merged === undefined ? bounds : { lower: p.sub(bounds.lower, 1), upper: p.add(bounds.upper, 1) };
  return { ...unlessInfinite(p, x, whereSound(p, p.greater(scale, 0), outer)), grid };
}

/** Half a step beside the ramp x / scale + zero, and what fused kernels are off. Sums of numbers within the range round. */
function quantizeRelaxation(context: RelaxContext) {
  const { p, rounding } = context;
  const x = context.input(0);
  const grid = gridOf(context, x.lower);
  if (mergedSteps(context, x, grid) !== undefined) return undefined;
  const { scale, zero } = grid;
  const [least, most] = rangeOf(context);
  const size = 4 * (most - least);
  const off = 0.5 + spareSteps + (x.spareSteps ?? 0) + rounding.deployed(1) * size;
  return rampLines(
    context,
    {
      f: (z) => p.min(p.max(p.add(p.div(z, scale), zero), least), most),
      slope: p.reciprocal(scale),
      low: p.mul(p.sub(least, zero), scale),
      high: p.mul(p.sub(most, zero), scale),
    },
    { error: p.scalar(rounding.dtype, off), magnitude: size },
  );
}

/**
 * QuantizeLinear (ONNX opset 10+) to 8 and 16 bits. x [...d], scale and zero point [] or [d_axis] -> [...d].
 * round(x / scale) + zero, ties to even, clipped to the type's range.
 * Gradient: that of the unrounded value. Interval: increasing. Relaxation: half a step beside a ramp. Rounding: one quotient, and `spareSteps`.
 */
export const quantizeLinear = {
  type: 'QuantizeLinear',
  lower: lowerQuantize,
  interval: quantizeInterval,
  relax: quantizeRelaxation,
  integers: true,
} satisfies Operator;

function lowerDequantize(context: LowerContext): Value {
  const { p, output } = context;
  const x = operand(context, 0);
  if (output.dtype !== 'float32') throw new NotLowered(`DequantizeLinear to ${output.dtype}`);
  const { scale, zero } = parametersOf(context, x);
  return p.mul(p.sub(p.cast(x, 'float32'), zero), scale);
}

/**
 * DequantizeLinear (ONNX opset 10+) from integers. x [...d], scale and zero point [] or [d_axis] -> [...d]: (x - zero) scale.
 * Interval: affine. Rounding: one product, and one of integers beyond 2^24.
 */
export const dequantizeLinear = {
  type: 'DequantizeLinear',
  lower: lowerDequantize,
  interval: (context) => {
    const { p, rounding } = context;
    const x = context.input(0);
    const { scale, zero } = gridOf(context, x.lower);
    return scaleShift(p, rounding, x, scale, p.neg(p.mul(zero, scale)));
  },
} satisfies Operator;

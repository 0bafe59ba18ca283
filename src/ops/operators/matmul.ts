import { broadcastAxes, type Dims } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { affineInterval, weightMagnitude } from '../affine.js';
import { matmulInterval } from '../bilinear.js';
import { type Interval, isPoint } from '../interval.js';
import { type IntervalContext, NotLowered, type Operator, operand } from '../operator.js';

/** Terms of each dot product. */
function innerLength(b: Value): number {
  const length = b.shape.at(-2);
  if (typeof length !== 'number') throw new NotLowered('MatMul over an open axis');
  return length;
}

/** |alpha| that MatMulScaleFusion may take from the inputs and apply behind the product. */
function lateScale(p: Program, ...sides: readonly Interval[]): Value | undefined {
  const factors = sides.flatMap(({ scaledBy }) => (scaledBy === undefined ? [] : [p.abs(scaledBy)]));
  return factors.length === 0 ? undefined : factors.reduce((product, factor) => p.mul(product, factor));
}

/** One element of an operand is read along the other operand's free axis, and by every batch entry that it is broadcast to. */
function readersOf(output: Dims, operand: Dims, onLeft: boolean): number {
  const free = Number(output.at(onLeft ? -1 : -2) ?? 1);
  const batches = broadcastAxes(output.slice(0, -2), operand.slice(0, -2));
  return batches.reduce((product, axis) => product * Number(output[axis] ?? 1), free);
}

function interval(context: IntervalContext) {
  const { p, rounding } = context;
  const [a, b] = [context.input(0), context.input(1)];
  const length = innerLength(b.lower);
  const late = lateScale(p, a, b);
  if (!isPoint(a) && !isPoint(b)) return matmulInterval(p, rounding, [a, b], length, late);
  const onRight = isPoint(b);
  const weight = onRight ? b.lower : a.lower;
  const absolute = weightMagnitude(p, weight);
  const times = (w: Value) => (z: Value) => (onRight ? p.matmul(z, w) : p.matmul(w, z));
  return affineInterval(p, rounding, {
    input: onRight ? a : b,
    linear: times(weight),
    absLinear: times(absolute),
    norm: p.reduceSum(absolute, [onRight ? -2 : -1]),
    bias: undefined,
    length,
    readers: readersOf(context.output.shape, (onRight ? a : b).lower.shape, onRight),
    weight: onRight && weight.shape.length === 2 ? weight : undefined,
    late,
  });
}

/**
 * MatMul (ONNX opset 1+). a [...b, m, k], b [...b, k, n] -> [...b, m, n].
 * Interval: affine where one side is constant, else the product of two boxes.
 * Rounding: gamma_k |a| |b| in any order of summation (Higham, ch. 3).
 */
export const matmul = {
  type: 'MatMul',
  lower: (context) => {
    const [a, b] = [operand(context, 0), operand(context, 1)];
    if (a.shape.length < 2 || b.shape.length < 2) throw new NotLowered('MatMul of a vector');
    return context.p.matmul(a, b);
  },
  interval,
} satisfies Operator;

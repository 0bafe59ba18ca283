// ReduceL1, ReduceL2, ReduceSumSquare and ReduceLogSumExp.
import { isFloat } from '../../base/dtype.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { type Interval, outward, unlessInfinite } from '../interval.js';
import { kernelErrors, withKernelError } from '../kernel-error.js';
import { exponentialRoundings } from '../log-sum-exp.js';
import { type IntervalContext, type NodeContext, NotLowered, type Operator, operand } from '../operator.js';
import { within } from '../piecewise.js';
import { reducedAxes, reducedBy, reducedCount } from '../reduction.js';

type Part = (p: Program, x: Value) => Value;

const magnitude: Part = (p, x) => p.abs(x);
const square: Part = (p, x) => p.mul(x, x);

function requireFloat({ node, output }: NodeContext): void {
  if (!isFloat(output.dtype)) throw new NotLowered(`${node.type} of ${output.dtype}`);
}

function summed(context: NodeContext, x: Value, part: Part): Value {
  requireFloat(context);
  return reducedBy(context, part(context.p, x), context.p.reduceSum);
}

/**
 * Sums of parts that fall up to 0 and rise from there. All terms are >= 0, so that rounding is in proportion to the sum: one of each
 * part, and those of the sum, here as where it is deployed.
 */
function sumInterval(context: IntervalContext, part: Part): Interval {
  const { p, rounding } = context;
  const x = context.input(0);
  const bounds = {
    lower: summed(context, within(p, x, 0), part),
    upper: summed(context, p.max(p.abs(x.lower), p.abs(x.upper)), part),
  };
  return outward(p, rounding, bounds, reducedCount(context, x.lower) + 2);
}

/** A part of 0 to infinity may be of NaN, which the least of the sum must not hide. */
const knownSum = (context: IntervalContext, part: Part): Interval => {
  const bounds = sumInterval(context, part);
  return unlessInfinite(context.p, bounds, { ...bounds, lower: context.p.max(bounds.lower, 0) });
};

const sumOf = (type: string, part: Part) =>
  ({
    type,
    lower: (context) => summed(context, operand(context, 0), part),
    interval: (context) => knownSum(context, part),
  }) satisfies Operator;

/** ReduceL1 (ONNX opset 1+): the sum of magnitudes. Interval: of the magnitudes' bounds. Rounding: gamma_n. */
export const reduceL1 = sumOf('ReduceL1', magnitude);
/** ReduceSumSquare (ONNX opset 1+). Interval: of the squares' bounds. Rounding: gamma_(n+1). */
export const reduceSumSquare = sumOf('ReduceSumSquare', square);

/** ReduceL2 (ONNX opset 1+): the root of the sum of squares, and bounded as that. */
export const reduceL2 = {
  type: 'ReduceL2',
  lower: (context) => context.p.sqrt(summed(context, operand(context, 0), square)),
  interval: (context) => {
    const { p, rounding } = context;
    const squares = knownSum(context, square);
    const roots = { lower: p.sqrt(p.max(squares.lower, 0)), upper: p.sqrt(squares.upper) };
    return unlessInfinite(p, squares, withKernelError(p, rounding, roots, kernelErrors.Sqrt));
  },
} satisfies Operator;

function logSumExp(context: NodeContext, x: Value): Value {
  requireFloat(context);
  const { p } = context;
  const axes = reducedAxes(context, x);
  const greatest = p.reduceMax(x, axes);
  const exponentials = p.reduceSum(p.exp(p.sub(x, greatest)), axes);
  return p.reshape(p.add(greatest, p.log(exponentials)), context.output.shape);
}

/**
 * Rounding: of exponentials relative to their sum, so absolute in its logarithm, which is at most log n for n terms; then those
 * of log, and of the sum with the greatest. Without that shift the exponentials may be beyond what floats hold.
 */
function logSumExpInterval(context: IntervalContext): Interval {
  const { p, rounding } = context;
  const x = context.input(0);
  const count = reducedCount(context, x.lower);
  const roundings = 2 * count + 2 * exponentialRoundings;
  const greatestLog = Math.log(count) + 1;
  const ofLog = (kernelErrors.Log.float32.relative + kernelErrors.Log[rounding.dtype].relative) * greatestLog;
  const absolute = 2 * (rounding.deployed(roundings) + rounding.program(roundings) + ofLog);
  const size = reducedBy(context, p.max(p.abs(x.lower), p.abs(x.upper)), p.reduceMax);
  const relative = 2 * (rounding.deployed(2) + rounding.program(8));
  const slack = p.add(p.mul(size, relative), absolute);
  const bounds = {
    lower: p.sub(logSumExp(context, x.lower), slack),
    upper: p.add(logSumExp(context, x.upper), slack),
  };
  const greatest = reducedBy(context, x.upper, p.reduceMax);
  const least = reducedBy(context, x.lower, p.reduceMin);
  return unlessInfinite(p, { lower: least, upper: greatest }, outward(p, rounding, bounds, 2));
}

/** ReduceLogSumExp (ONNX opset 1+). Interval: rises with every element. */
export const reduceLogSumExp = {
  type: 'ReduceLogSumExp',
  lower: (context) => logSumExp(context, operand(context, 0)),
  interval: logSumExpInterval,
} satisfies Operator;

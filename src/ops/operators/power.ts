// Pow and Reciprocal.
import { isFloat } from '../../base/dtype.js';
import { toNumbers } from '../../base/tensor.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { type Bends, type Curve, concave, convex, curveRelaxation, reversed, sigmoidal } from '../curve.js';
import { type Interval, unlessInfinite, whereSound } from '../interval.js';
import { type KernelErrors, kernelErrors, withKernelError } from '../kernel-error.js';
import {
  type IntervalContext,
  type LowerContext,
  type NodeContext,
  NotLowered,
  type Operator,
  operand,
  type RelaxContext,
} from '../operator.js';

/** The constant exponent, undefined where it is computed or differs between elements. */
function exponentOf(context: NodeContext): number | undefined {
  const tensor = context.constant(1);
  const [first, ...rest] = tensor ? toNumbers(tensor) : [];
  return rest.every((other) => other === first) ? first : undefined;
}

const isEven = (exponent: number): boolean => exponent % 2 === 0;
const isOdd = (exponent: number): boolean => Math.abs(exponent % 2) === 1;

/** Where x^e is defined, finite but for overflow, and, unless e is an even number above 0, goes one way. */
function isInside(p: Program, { lower, upper }: Interval, exponent: number): Value {
  const sides = p.or(p.greater(lower, 0), p.less(upper, 0));
  if (Number.isInteger(exponent)) return exponent >= 0 ? p.lessOrEqual(lower, upper) : sides;
  return exponent > 0 ? p.greaterOrEqual(lower, 0) : p.greater(lower, 0);
}

/** Bounds of x^e from the powers of both ends. */
function betweenEnds(
  { p, rounding }: IntervalContext,
  x: Interval,
  [low, high]: readonly [Value, Value],
  exponent: number,
  error: KernelErrors,
): Interval {
  const least = p.min(low, high);
  const straddles = p.and(p.lessOrEqual(x.lower, 0), p.greaterOrEqual(x.upper, 0));
  const lower = isEven(exponent) && exponent > 0 ? p.where(straddles, 0, least) : least;
  const bounds = withKernelError(p, rounding, { lower, upper: p.max(low, high) }, error);
  return whereSound(p, isInside(p, x, exponent), unlessInfinite(p, x, bounds));
}

/** x^e for x > 0 goes one way in each of the two, so that its extremes are at corners. */
function positiveBase({ p, rounding }: IntervalContext, x: Interval, exponent: Interval): Interval {
  const corners = [x.lower, x.upper].flatMap((base) => [
    p.pow(base, exponent.lower),
    p.pow(base, exponent.upper),
  ]);
  const lower = corners.reduce((a, b) => p.min(a, b));
  const upper = corners.reduce((a, b) => p.max(a, b));
  const bounds = withKernelError(p, rounding, { lower, upper }, kernelErrors.Pow);
  const infinite = unlessInfinite(p, x, unlessInfinite(p, exponent, bounds));
  return whereSound(p, p.greater(x.lower, 0), infinite);
}

function interval(context: IntervalContext): Interval {
  const { p } = context;
  const x = context.input(0);
  const exponent = exponentOf(context);
  if (exponent === undefined) return positiveBase(context, x, context.input(1));
  const { lower: powers } = context.input(1);
  const ends = [p.pow(x.lower, powers), p.pow(x.upper, powers)] as const;
  return betweenEnds(context, x, ends, exponent, kernelErrors.Pow);
}

function lower(context: LowerContext): Value {
  const [x, exponent] = [operand(context, 0), operand(context, 1)];
  if (!isFloat(x.dtype)) throw new NotLowered(`Pow of ${x.dtype}`);
  return context.p.pow(x, context.p.cast(exponent, x.dtype));
}

const curveOf = (exponent: number): Curve => ({
  value: (p, x) => p.pow(x, exponent),
  slope: (p, x) => {
    // Where the program cannot hold e - 1, the exponent would round. Then x^e does not underflow where x < 1.
    const isExact = Math.fround(exponent - 1) === exponent - 1;
    const power = isExact ? p.pow(x, exponent - 1) : p.div(p.pow(x, exponent), x);
    return p.mul(power, exponent);
  },
  error: kernelErrors.Pow,
  slopeError: { relative: 12, absolute: 0 },
});

/** On the side of 0 where the node has bounds. */
function bendsOf(exponent: number): Bends {
  if (isOdd(exponent) && exponent !== 1) return reversed(sigmoidal);
  return exponent > 0 && exponent < 1 ? concave : convex;
}

function relax(context: RelaxContext) {
  const exponent = exponentOf(context);
  if (exponent === undefined || exponent === 0 || Math.abs(exponent) > 64) return undefined;
  return curveRelaxation(context, curveOf(exponent), bendsOf(exponent));
}

/**
 * Pow (ONNX opset 7+), with broadcasting. Interval: powers of both ends, 0 at the bottom of even powers; computed exponents for
 * positive bases. Relaxation: constant exponents up to 64. Rounding: measured, see kernel-error.ts.
 */
export const pow = { type: 'Pow', lower, interval, relax } satisfies Operator;

const inverse: Curve = {
  value: (p, x) => p.reciprocal(x),
  slope: (p, x) => p.neg(p.mul(p.reciprocal(x), p.reciprocal(x))),
  error: kernelErrors.Reciprocal,
  slopeError: { relative: 12, absolute: 0 },
};

/** Reciprocal (ONNX opset 6+). Interval: falls on either side of 0; infinite where the argument may be 0. */
export const reciprocal = {
  type: 'Reciprocal',
  lower: (context) => context.p.reciprocal(operand(context, 0)),
  interval: (context) => {
    const { p } = context;
    const x = context.input(0);
    return betweenEnds(
      context,
      x,
      [p.reciprocal(x.lower), p.reciprocal(x.upper)],
      -1,
      kernelErrors.Reciprocal,
    );
  },
  relax: (context) => curveRelaxation(context, inverse, reversed(sigmoidal)),
} satisfies Operator;

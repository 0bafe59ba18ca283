// Mul and Div, with broadcasting.
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { scaleShift } from '../affine.js';
import { productInterval } from '../bilinear.js';
import { finite, type Interval, isOneNumber, isPoint, outward, whereSound } from '../interval.js';
import { betweenLines, betweenPlanes, greatestMagnitude } from '../lines.js';
import type { IntervalContext, NodeContext, Operator, RelaxContext } from '../operator.js';
import { type Plane, productPlanes, reciprocalLines, squareLines, throughLines } from '../planes.js';
import type { Relaxation } from '../relaxation.js';
import { binary, both, mergesInto } from './arithmetic.js';

/** x times a constant: an affine map. A single number is remembered for a MatMul behind it. */
function scaledInterval({ p, rounding }: IntervalContext, x: Interval, factor: Value): Interval {
  if (!factor.shape.every((dim) => dim === 1)) return scaleShift(p, rounding, x, factor, undefined);
  const size = p.abs(p.reshape(factor, []));
  const before = x.scaledBy;
  const [low, high] = [p.min(size, 1), p.max(size, 1)];
  const scaledBy = {
    least: before ? p.mul(before.least, low) : low,
    most: before ? p.mul(before.most, high) : high,
    merged: before?.merged ?? false,
  };
  const sound = scaledBy.merged ? isOneNumber(p, scaledBy) : undefined;
  return { ...scaleShift(p, rounding, x, factor, undefined, undefined, sound), scaledBy };
}

const isSquare = ({ node }: NodeContext): boolean => node.inputs[0] === node.inputs[1];

/** x x: never negative. One rounding. */
function squareInterval({ p, rounding }: IntervalContext, x: Interval): Interval {
  const [low, high] = [p.mul(x.lower, x.lower), p.mul(x.upper, x.upper)];
  const oneSided = p.or(p.greater(x.lower, 0), p.less(x.upper, 0));
  const lower = p.where(oneSided, p.min(low, high), p.scalar(rounding.dtype, 0));
  const bounds = outward(p, rounding, { lower, upper: p.max(low, high) }, 1);
  return whereSound(p, finite(p, x), { lower: p.max(bounds.lower, 0), upper: bounds.upper });
}

type Planes = { readonly lower: Plane; readonly upper: Plane };

/** Planes of the exact result, `error` apart: what the deployed one may differ by. Constant inputs are in the offsets. */
function relaxation(context: RelaxContext, { lower, upper }: Planes, error: Value): Relaxation {
  const { p } = context;
  const slopes = [
    { input: 0, lower: lower.a, upper: upper.a },
    { input: 1, lower: lower.b, upper: upper.b },
  ];
  return betweenPlanes(
    context,
    slopes.filter(({ input }) => !isPoint(context.input(input))),
    p.sub(lower.offset, error),
    p.add(upper.offset, error),
  );
}

/** k roundings of y, and underflow. */
const deployedError = ({ p, rounding, bounds }: RelaxContext, k: number): Value =>
  p.add(
    p.mul(greatestMagnitude(p, bounds), rounding.deployed(k) * (1 + 8 * rounding.own)),
    rounding.underflow(k),
  );

function squareRelaxation(context: RelaxContext): Relaxation {
  const { p } = context;
  const { lower, upper } = squareLines(context, context.input(0));
  const error = deployedError(context, 1);
  return betweenLines(
    context,
    { slope: lower.slope, offset: p.sub(lower.offset, error) },
    { slope: upper.slope, offset: p.add(upper.offset, error) },
  );
}

/**
 * Mul (ONNX opset 7+). Interval: corners of the box, one rounding; a constant merges into the layer before it.
 * Relaxation: McCormick's planes; of a square, chord and tangent.
 */
export const mul = {
  type: 'Mul',
  lower: binary((p, a, b) => p.mul(a, b)),
  interval: (context) => {
    const [a, b] = both(context);
    if (mergesInto(b, a)) return scaledInterval(context, a, b.lower);
    if (mergesInto(a, b)) return scaledInterval(context, b, a.lower);
    if (isSquare(context)) return squareInterval(context, a);
    return productInterval(context.p, context.rounding, a, b);
  },
  relax: (context) => {
    if (isSquare(context)) return squareRelaxation(context);
    const [a, b] = both(context);
    return relaxation(context, productPlanes(context, a, b), deployedError(context, 1));
  },
} satisfies Operator;

/** 1 / x, infinite where x may be 0. One rounding. */
function reciprocalInterval({ p, rounding }: IntervalContext, x: Interval): Interval {
  const bounds = { lower: p.reciprocal(x.upper), upper: p.reciprocal(x.lower) };
  const oneSided = p.or(p.greater(x.lower, 0), p.less(x.upper, 0));
  return whereSound(p, p.and(oneSided, finite(p, x)), outward(p, rounding, bounds, 1));
}

/** Roundings of a quotient: by 1 / b, by a square root in a fused normalisation, and two to spare. */
const quotientRoundings = 4;

/** What a quotient loses, and what a 1 / b that underflows loses when it is multiplied by a. */
const quotientError = (context: RelaxContext, a: Interval): Value =>
  context.p.add(
    deployedError(context, quotientRoundings),
    context.p.mul(greatestMagnitude(context.p, a), context.rounding.underflow(quotientRoundings)),
  );

/**
 * Div (ONNX opset 7+). Interval: a times 1 / b, two roundings instead of one. Dividing by a constant is a scale by 1 / b, which
 * for |b| > 2^126 is subnormal and rounds by up to 4 u; division by zero is an infinite scale, which no limit admits.
 * Relaxation: McCormick's planes of a and 1 / b, the latter between chord and tangent.
 */
export const div = {
  type: 'Div',
  lower: binary((p: Program, a, b) => p.div(a, b)),
  interval: (context) => {
    const { p, rounding } = context;
    const [a, b] = both(context);
    if (mergesInto(b, a)) return scaledInterval(context, a, p.reciprocal(b.lower));
    return productInterval(p, rounding, a, reciprocalInterval(context, b));
  },
  relax: (context) => {
    const { p, rounding } = context;
    const [a, b] = both(context);
    const planes = productPlanes(context, a, reciprocalInterval(context, b));
    const through = throughLines(p, rounding, planes, reciprocalLines(p, rounding, b), b);
    return relaxation(context, through, quotientError(context, a));
  },
} satisfies Operator;

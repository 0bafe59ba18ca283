// HardSigmoid and HardSwish.
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { floatAttribute } from '../attributes.js';
import { type Interval, unlessInfinite } from '../interval.js';
import { type KernelErrors, withKernelError } from '../kernel-error.js';
import { betweenLines, greatestMagnitude } from '../lines.js';
import {
  type IntervalContext,
  type NodeContext,
  type Operator,
  operand,
  type RelaxContext,
} from '../operator.js';
import { chord, extremes, lineAbove, lineBelow, pointsOf, rampLines, within } from '../piecewise.js';

type Ramp = { readonly alpha: number; readonly beta: number };

const hardSigmoidOf = ({ node }: NodeContext): Ramp => ({
  alpha: floatAttribute(node, 'alpha', 0.2),
  beta: floatAttribute(node, 'beta', 0.5),
});

const ramp = (p: Program, x: Value, { alpha, beta }: Ramp): Value =>
  p.max(p.min(p.add(p.mul(x, alpha), beta), 1), 0);

/**
 * Greatest error of the deployed ramp: two roundings of alpha x and the sum. Where |alpha x| > 2 (|beta| + 1) the result is 0 or
 * 1 whatever rounds, else both terms are below 3 (|beta| + 1).
 */
const sizeOf = ({ beta }: Ramp): number => 6 * (Math.abs(beta) + 1);

function hardSigmoidInterval(context: IntervalContext): Interval {
  const { p, rounding } = context;
  const x = context.input(0);
  const parameters = hardSigmoidOf(context);
  const { lower, upper } = extremes(p, [ramp(p, x.lower, parameters), ramp(p, x.upper, parameters)]);
  const slack = sizeOf(parameters) * (rounding.deployed(1) + rounding.program(2)) + rounding.underflow(4);
  const bounds = { lower: p.max(p.sub(lower, slack), 0), upper: p.min(p.add(upper, slack), 1) };
  return unlessInfinite(p, x, bounds);
}

/** Knots are computed by two roundings, and shift the line by alpha times as much: at most the size above. */
function hardSigmoidRelaxation(context: RelaxContext) {
  const { p, rounding } = context;
  const parameters = hardSigmoidOf(context);
  const { alpha, beta } = parameters;
  if (!(alpha > 2 ** -20 && alpha < 2 ** 20)) return undefined;
  const number = (value: number) => p.scalar(rounding.dtype, value);
  const size = sizeOf(parameters);
  return rampLines(
    context,
    {
      f: (z) => ramp(p, z, parameters),
      slope: number(alpha),
      low: number(-beta / alpha),
      high: number((1 - beta) / alpha),
    },
    { error: number(size * rounding.deployed(1) + rounding.underflow(4)), magnitude: 2 * size },
  );
}

/**
 * HardSigmoid (ONNX opset 6+). max(0, min(1, alpha x + beta)).
 * Interval: monotone. Relaxation: lines through the knots. Rounding: a product and a sum, in any way of computing them.
 */
export const hardSigmoid = {
  type: 'HardSigmoid',
  lower: (context) => ramp(context.p, operand(context, 0), hardSigmoidOf(context)),
  interval: hardSigmoidInterval,
  relax: hardSigmoidRelaxation,
} satisfies Operator;

/** As ONNX Runtime expands it: 1/6 in float32. */
const sixth: Ramp = { alpha: Math.fround(1 / 6), beta: 0.5 };
const hardSwishOf = (p: Program, x: Value): Value => p.mul(x, ramp(p, x, sixth));
/** Where the ramp starts and ends: -knot and knot. */
const knot = 0.5 / sixth.alpha;

/**
 * Against real arithmetic with this 1/6. From 0 on, two roundings of positive terms and a product are 3 u relative; between -3
 * and 0 the ramp is off by u of at most 1/2 twice, times |x| <= 3, and the product by u 3/8: less than 4 u.
 */
const hardSwishErrors: KernelErrors = {
  float32: { relative: 4 * 2 ** -24, absolute: 8 * 2 ** -24 },
  float64: { relative: 4 * 2 ** -53, absolute: 8 * 2 ** -53 },
};

/** Falls from 0 at -3 to -3/8 at -3/2, then rises. */
function hardSwishInterval(context: IntervalContext): Interval {
  const { p, rounding } = context;
  const x = context.input(0);
  const f = (z: Value) => hardSwishOf(p, z);
  const ends = extremes(p, [f(x.lower), f(x.upper)]);
  const bounds = { lower: p.min(ends.lower, f(within(p, x, -1.5))), upper: ends.upper };
  return unlessInfinite(p, x, withKernelError(p, rounding, bounds, hardSwishErrors));
}

/**
 * Between lines of the chord's slope s, which is also the slope of the parabola on [-3, 3] halfway: f - s x is greatest at the
 * ends or knots, and least there or where the parabola has slope s, at 3 s - 3/2.
 */
function hardSwishRelaxation(context: RelaxContext) {
  const { p, rounding, bounds } = context;
  const x = context.input(0);
  const f = (z: Value) => hardSwishOf(p, z);
  const slope = chord(p, x, f, [p.scalar(rounding.dtype, -0.5), p.scalar(rounding.dtype, 1.5)]);
  const turn = p.min(p.max(p.sub(p.mul(slope, 3), 1.5), -knot), knot);
  const relative = rounding.deployed(5);
  const error = p.add(p.mul(greatestMagnitude(p, bounds), relative), 2 * relative + rounding.underflow(4));
  // Knots and the turn are at most 3 u off, where f - s x has slopes up to 3.
  const room = { error, magnitude: 24 };
  const points = pointsOf(p, x, f, [-knot, knot]);
  return betweenLines(
    context,
    lineBelow(context, slope, [...points, ...pointsOf(p, x, f, [turn])], room),
    lineAbove(context, slope, points, room),
  );
}

/**
 * HardSwish (ONNX opset 14+). x max(0, min(1, x/6 + 1/2)).
 * Interval: falls, then rises. Relaxation: parallel lines. Rounding: derived above, for ONNX Runtime's HardSigmoid and Mul.
 */
export const hardSwish = {
  type: 'HardSwish',
  lower: (context) => hardSwishOf(context.p, operand(context, 0)),
  interval: hardSwishInterval,
  relax: hardSwishRelaxation,
} satisfies Operator;

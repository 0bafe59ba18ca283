// LeakyRelu, PRelu, Abs and ThresholdedRelu: two linear pieces.
import type { Value } from '../../program/value.js';
import { floatAttribute } from '../attributes.js';
import { type Interval, isPoint, outward, unlessInfinite } from '../interval.js';
import { greatestMagnitude } from '../lines.js';
import {
  type IntervalContext,
  type LowerContext,
  type NodeContext,
  type Operator,
  operand,
  type RelaxContext,
  Unbounded,
} from '../operator.js';
import { extremes, kinkedLines, within } from '../piecewise.js';

const kinked = ({ p }: NodeContext, x: Value, slope: Value): Value =>
  p.where(p.greaterOrEqual(x, 0), x, p.mul(x, slope));

/** Extremes are at the ends and, for slopes below 0, at 0. The product rounds once. */
function kinkedInterval(context: IntervalContext, slope: Value): Interval {
  const { p, rounding } = context;
  const x = context.input(0);
  const [low, middle, high] = [x.lower, within(p, x, 0), x.upper].map((z) => kinked(context, z, slope));
  const bounds = extremes(p, [low ?? x.lower, middle ?? x.lower, high ?? x.upper]);
  return unlessInfinite(p, x, outward(p, rounding, bounds, 1));
}

/** One rounding of the deployed product. */
function kinkedRelaxation(context: RelaxContext, slope: Value) {
  const { p, rounding, bounds } = context;
  const relative = rounding.deployed(1) * (1 + 8 * rounding.own);
  const error = p.add(p.mul(greatestMagnitude(p, bounds), relative), rounding.underflow(1));
  return kinkedLines(context, slope, error);
}

const alphaOf = ({ node }: NodeContext): number => floatAttribute(node, 'alpha', 0.01);

/**
 * LeakyRelu (ONNX opset 6+). x [...d] -> [...d]: x where x >= 0, alpha x elsewhere.
 * Interval: extremes at the ends and at 0. Rounding: one product.
 */
export const leakyRelu = {
  type: 'LeakyRelu',
  lower: (context) => {
    const x = operand(context, 0);
    return kinked(context, x, context.p.scalar(x.dtype, alphaOf(context)));
  },
  interval: (context) => kinkedInterval(context, context.p.scalar(context.rounding.dtype, alphaOf(context))),
  relax: (context) => kinkedRelaxation(context, context.p.scalar(context.rounding.dtype, alphaOf(context))),
  tightens: 'kink',
} satisfies Operator;

function slopeOf(context: IntervalContext): Value {
  const slope = context.input(1);
  if (isPoint(slope)) return slope.lower;
  throw new Unbounded(`node "${context.node.name}" (PRelu): only constant slopes are bounded`);
}

/**
 * PRelu (ONNX opset 7+). x [...d], slope broadcast to x -> [...d]. As LeakyRelu, with a slope per element; an input as slope is
 * not bounded.
 */
export const pRelu = {
  type: 'PRelu',
  lower: (context) => kinked(context, operand(context, 0), operand(context, 1)),
  interval: (context) => kinkedInterval(context, slopeOf(context)),
  relax: (context) => kinkedRelaxation(context, slopeOf(context)),
  tightens: 'kink',
} satisfies Operator;

/** Abs (ONNX opset 6+). Interval: extremes at the ends and at 0. Exact. */
export const abs = {
  type: 'Abs',
  lower: (context) => context.p.abs(operand(context, 0)),
  interval: (context) => {
    const { p } = context;
    const x = context.input(0);
    return unlessInfinite(p, x, extremes(p, [p.abs(x.lower), p.abs(within(p, x, 0)), p.abs(x.upper)]));
  },
  relax: (context) => kinkedLines(context, context.p.scalar(context.rounding.dtype, -1)),
  tightens: 'kink',
} satisfies Operator;

const thresholdOf = ({ node }: NodeContext): number => floatAttribute(node, 'alpha', 1);

function thresholded(context: LowerContext): Value {
  const x = operand(context, 0);
  return context.p.where(context.p.greater(x, thresholdOf(context)), x, 0);
}

/** 0 up to the threshold; beyond it x, from the threshold on. */
function thresholdedInterval(context: IntervalContext): Interval {
  const { p } = context;
  const x = context.input(0);
  const threshold = thresholdOf(context);
  const passed = p.max(x.lower, threshold);
  const mixed = { lower: p.min(passed, 0), upper: p.max(x.upper, 0) };
  const [always, never] = [p.greater(x.lower, threshold), p.lessOrEqual(x.upper, threshold)];
  const side = (own: Value, hull: Value) => p.where(always, own, p.where(never, 0, hull));
  return unlessInfinite(p, x, {
    lower: side(x.lower, mixed.lower),
    upper: side(x.upper, mixed.upper),
  });
}

/** ThresholdedRelu (ONNX opset 10+). x where x > alpha, 0 elsewhere; jumps at alpha. Exact. */
export const thresholdedRelu = {
  type: 'ThresholdedRelu',
  lower: thresholded,
  interval: thresholdedInterval,
} satisfies Operator;

// Slopes of secants of activation functions: (f(b) - f(a)) / (b - a) for a and b between bounds, and what the deployed kernel is off by.
import { unitRoundoff } from '../../base/dtype.js';
import { floatAttribute } from '../../ops/attributes.js';
import type { Curve } from '../../ops/curve.js';
import { bent } from '../../ops/curves.js';
import { greatestMagnitude } from '../../ops/lines.js';
import type { IntervalContext } from '../../ops/operator.js';
import type { Value } from '../../program/value.js';

/** Each broadcasts to the value. `error`: of the deployed kernel, anywhere in the bounds; left out where it is exact. */
export type Secants = { readonly least: Value; readonly most: Value; readonly error?: Value };

/** Slope `below` left of 0 and 1 right of it: what is between where bounds have both signs. */
function kinked({ p, rounding, input }: IntervalContext, below: number): Secants {
  const { lower, upper } = input(0);
  const [right, left] = [p.greaterOrEqual(lower, 0), p.lessOrEqual(upper, 0)];
  const known = (mixed: number) =>
    p.where(right, 1, p.where(left, p.scalar(rounding.dtype, below), p.scalar(rounding.dtype, mixed)));
  return { least: known(Math.min(below, 1)), most: known(Math.max(below, 1)) };
}

function leaky(context: IntervalContext): Secants {
  const { p, node, rounding, input } = context;
  const alpha = floatAttribute(node, 'alpha', Math.fround(0.01));
  const magnitude = p.mul(greatestMagnitude(p, input(0)), Math.abs(alpha) * rounding.deployed(2));
  return { ...kinked(context, alpha), error: p.add(magnitude, rounding.underflow(2)) };
}

/** A curve whose derivative falls with the distance from 0. */
function bell(
  { p, rounding, input }: IntervalContext,
  { slope, slopeError, error }: Curve,
  top: number,
): Secants {
  const { lower, upper } = input(0);
  const nearest = p.max(p.min(p.scalar(rounding.dtype, 0), upper), lower);
  const u = unitRoundoff[rounding.dtype];
  const lost = (value: Value) =>
    p.add(
      p.mul(p.abs(value), 1.01 * slopeError.relative * u),
      1.01 * slopeError.absolute * u + 64 * rounding.ownUnderflow,
    );
  const least = p.min(slope(p, lower), slope(p, upper));
  const most = slope(p, nearest);
  const { relative, absolute } = error.float32;
  return {
    least: p.max(p.sub(least, lost(least)), 0),
    most: p.min(p.add(most, lost(most)), top),
    // Neither function exceeds 1.
    error: p.scalar(rounding.dtype, rounding.deployed(1) === 0 ? 0 : 1.01 * (relative + absolute)),
  };
}

type Rule = (context: IntervalContext) => Secants;

/** By type of operator. */
export const secants: Readonly<Record<string, Rule>> = {
  Relu: (context) => kinked(context, 0),
  LeakyRelu: leaky,
  Sigmoid: (context) => bell(context, bent.Sigmoid.curve, 0.25),
  Tanh: (context) => bell(context, bent.Tanh.curve, 1),
};

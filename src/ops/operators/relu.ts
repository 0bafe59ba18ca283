import { smallestSubnormal } from '../../base/dtype.js';
import type { Value } from '../../program/value.js';
import { monotone } from '../interval.js';
import { betweenLines } from '../lines.js';
import { chosenOr, type Operator, operand, type RelaxContext } from '../operator.js';
import type { Relaxation } from '../relaxation.js';

/**
 * Upper line: the chord, slope u / (u - l). Lower line through 0: any slope in [0, 1] will do; 1 if u > -l else 0 leaves the smaller area. Where the sign
 * is known both are the function itself. For the slope s that the program has, max(-s l, (1 - s) u) is the exact offset: at most
 * two roundings, and one each for the factor and the sum.
 */
function relax(context: RelaxContext): Relaxation {
  const { p, rounding, steepFrom = 1 } = context;
  const { lower, upper } = context.input(0);
  const [active, inactive] = [p.greaterOrEqual(lower, 0), p.lessOrEqual(upper, 0)];
  const slope = chordSlope(context);
  // 0 and 1 where the sign is known.
  const own = p.cast(p.greater(upper, p.mul(lower, -steepFrom)), rounding.dtype);
  const steep = chosenSlope(context, own);
  const below = steep === own ? steep : p.where(active, 1, p.where(inactive, 0, steep));
  const reach = p.max(p.mul(p.neg(slope), lower), p.mul(p.sub(1, slope), upper));
  const outward = p.add(p.mul(reach, 1 + 8 * rounding.own), 4 * rounding.ownUnderflow);
  const offset = p.where(p.or(active, inactive), p.scalar(rounding.dtype, 0), outward);
  const zero = p.scalar(rounding.dtype, 0);
  return betweenLines(context, { slope: below, offset: zero }, { slope, offset });
}

/**
 * u / (u - l) where the sign is open, and exactly 1 or 0 where it is known, without conditions, which ONNX Runtime takes eight times as long
 * for as for sums: 1 + l / (u - l) of u and l moved to their side of 0; a width of 0 becomes the least number. Rounding is monotone, so that
 * the quotient is at least -1.
 */
function chordSlope({ p, input, rounding }: RelaxContext): Value {
  const { lower, upper } = input(0);
  const below = p.min(lower, 0);
  const width = p.max(p.sub(p.relu(upper), below), smallestSubnormal[rounding.dtype]);
  return p.add(p.div(below, width), 1);
}

/** Moved into [0, 1], where a line through 0 is below the function. */
function chosenSlope(context: RelaxContext, initial: Value): Value {
  const { p, slope = chosenOr(context, 'below', initial, 1, [0, 1]) } = context;
  return slope === initial ? initial : p.min(p.max(slope, 0), 1);
}

/**
 * Relu (ONNX opset 6+). x [...d] -> [...d].
 * Interval: monotone, so exact; an infinite upper bound stays. Rounding: max(x, 0) is exact in IEEE 754.
 * Relaxation: Zhang et al. 2018 (arXiv 1811.00866), section 3.
 */
export const relu = {
  type: 'Relu',
  lower: (context) => context.p.relu(operand(context, 0)),
  interval: ({ p, input }) => monotone(input(0), p.relu),
  relax,
  tightens: 'kink',
} satisfies Operator;

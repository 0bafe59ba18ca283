import type { Interval } from '../interval.js';
import { betweenPlanes } from '../lines.js';
import { type IntervalContext, type Operator, operand, type RelaxContext } from '../operator.js';

/** Where the condition is known; elsewhere either side may be taken. */
function certainty({ p, input }: IntervalContext) {
  const condition = input(0);
  return { surely: p.greaterOrEqual(condition.lower, 1), surelyNot: p.lessOrEqual(condition.upper, 0) };
}

function interval(context: IntervalContext): Interval {
  const { p } = context;
  const { surely, surelyNot } = certainty(context);
  const [a, b] = [context.input(1), context.input(2)];
  return {
    lower: p.where(surely, a.lower, p.where(surelyNot, b.lower, p.min(a.lower, b.lower))),
    upper: p.where(surely, a.upper, p.where(surelyNot, b.upper, p.max(a.upper, b.upper))),
  };
}

/** The side that is taken; where that is not known, the bounds. */
function relax(context: RelaxContext) {
  const { p, rounding, bounds } = context;
  const { surely, surelyNot } = certainty(context);
  const [first, second] = [p.cast(surely, rounding.dtype), p.cast(surelyNot, rounding.dtype)];
  const known = p.or(surely, surelyNot);
  return betweenPlanes(
    context,
    [
      { input: 1, lower: first, upper: first },
      { input: 2, lower: second, upper: second },
    ],
    p.where(known, 0, bounds.lower),
    p.where(known, 0, bounds.upper),
  );
}

/** Where (ONNX opset 9+). condition, a, b, all broadcast. Interval: exact for a known condition, else the hull. Exact. */
export const where = {
  type: 'Where',
  lower: (context) => context.p.where(operand(context, 0), operand(context, 1), operand(context, 2)),
  interval,
  relax,
  integers: true,
} satisfies Operator;

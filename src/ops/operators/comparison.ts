// Comparisons, tests and logic. Results are booleans, bounded as 0 and 1, whatever is known of the inputs.
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { intAttribute } from '../attributes.js';
import { finite, type Interval } from '../interval.js';
import { type IntervalContext, NotLowered, type Operator, operand } from '../operator.js';

/** 1 where it surely holds, 0 where it surely does not. */
const truth = ({ p, rounding }: IntervalContext, surely: Value, possibly: Value): Interval => ({
  lower: p.cast(surely, rounding.dtype),
  upper: p.cast(possibly, rounding.dtype),
});

type Certainty = { readonly surely: Value; readonly possibly: Value };

/** Infinite bounds say nothing, even on their finite side: such values may compare in any way, NaN never. */
const comparison = (
  type: string,
  test: (p: Program, a: Value, b: Value) => Value,
  certainty: (p: Program, a: Interval, b: Interval) => Certainty,
) =>
  ({
    type,
    lower: (context) => test(context.p, operand(context, 0), operand(context, 1)),
    interval: (context) => {
      const { p } = context;
      const [a, b] = [context.input(0), context.input(1)];
      const known = finite(p, a, b);
      const { surely, possibly } = certainty(p, a, b);
      return truth(context, p.and(known, surely), p.or(p.not(known), possibly));
    },
    integers: true,
  }) satisfies Operator;

/** Equal (ONNX opset 7+). Exact. */
export const equal = comparison(
  'Equal',
  (p, a, b) => p.equal(a, b),
  (p, a, b) => ({
    surely: p.and(p.greaterOrEqual(a.lower, b.upper), p.lessOrEqual(a.upper, b.lower)),
    possibly: p.and(p.lessOrEqual(a.lower, b.upper), p.greaterOrEqual(a.upper, b.lower)),
  }),
);
/** Greater (ONNX opset 7+). Exact. */
export const greater = comparison(
  'Greater',
  (p, a, b) => p.greater(a, b),
  (p, a, b) => ({ surely: p.greater(a.lower, b.upper), possibly: p.greater(a.upper, b.lower) }),
);
/** GreaterOrEqual (ONNX opset 12+). Exact. */
export const greaterOrEqual = comparison(
  'GreaterOrEqual',
  (p, a, b) => p.greaterOrEqual(a, b),
  (p, a, b) => ({
    surely: p.greaterOrEqual(a.lower, b.upper),
    possibly: p.greaterOrEqual(a.upper, b.lower),
  }),
);
/** Less (ONNX opset 7+). Exact. */
export const less = comparison(
  'Less',
  (p, a, b) => p.less(a, b),
  (p, a, b) => ({ surely: p.less(a.upper, b.lower), possibly: p.less(a.lower, b.upper) }),
);
/** LessOrEqual (ONNX opset 12+). Exact. */
export const lessOrEqual = comparison(
  'LessOrEqual',
  (p, a, b) => p.lessOrEqual(a, b),
  (p, a, b) => ({ surely: p.lessOrEqual(a.upper, b.lower), possibly: p.lessOrEqual(a.lower, b.upper) }),
);

const logic = (
  type: string,
  combine: (p: Program, a: Value, b: Value) => Value,
  bounds: (p: Program, a: Interval, b: Interval) => Interval,
) =>
  ({
    type,
    lower: (context) => combine(context.p, operand(context, 0), operand(context, 1)),
    interval: ({ p, input }) => bounds(p, input(0), input(1)),
    integers: true,
  }) satisfies Operator;

/** And (ONNX opset 7+). Exact. */
export const and = logic(
  'And',
  (p, a, b) => p.and(a, b),
  (p, a, b) => ({ lower: p.min(a.lower, b.lower), upper: p.min(a.upper, b.upper) }),
);
/** Or (ONNX opset 7+). Exact. */
export const or = logic(
  'Or',
  (p, a, b) => p.or(a, b),
  (p, a, b) => ({ lower: p.max(a.lower, b.lower), upper: p.max(a.upper, b.upper) }),
);
/** Xor (ONNX opset 7+): true where one is surely true and the other surely false. Exact. */
export const xor = logic(
  'Xor',
  (p, a, b) => p.not(p.equal(a, b)),
  (p, a, b) => ({
    lower: p.max(p.sub(a.lower, b.upper), p.max(p.sub(b.lower, a.upper), 0)),
    upper: p.min(p.min(p.add(a.upper, b.upper), p.sub(2, p.add(a.lower, b.lower))), 1),
  }),
);

/** Not (ONNX opset 1+). Exact. */
export const not = {
  type: 'Not',
  lower: (context) => context.p.not(operand(context, 0)),
  interval: ({ p, input }) => ({ lower: p.sub(1, input(0).upper), upper: p.sub(1, input(0).lower) }),
  integers: true,
} satisfies Operator;

/** What is bounded is neither NaN nor infinite. */
const never = (context: IntervalContext): Interval => {
  const { p } = context;
  const unknown = p.not(finite(p, context.input(0)));
  return truth(context, p.and(unknown, p.not(unknown)), unknown);
};

/** IsNaN (ONNX opset 9+). Exact. */
export const isNan = {
  type: 'IsNaN',
  lower: (context) => context.p.isNaN(operand(context, 0)),
  interval: never,
  integers: true,
} satisfies Operator;

/** IsInf (ONNX opset 10+), of either sign. Exact. */
export const isInf = {
  type: 'IsInf',
  lower: (context) => {
    const { node, p } = context;
    if (intAttribute(node, 'detect_positive', 1) !== 1 || intAttribute(node, 'detect_negative', 1) !== 1)
      throw new NotLowered('IsInf of one sign');
    return p.isInf(operand(context, 0));
  },
  interval: never,
  integers: true,
} satisfies Operator;

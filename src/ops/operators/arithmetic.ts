// Add, Sub, Mul, Div and Neg, with broadcasting.
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { scaleShift } from '../affine.js';
import { productInterval } from '../bilinear.js';
import { finite, type Interval, isPoint, outward, unlessInfinite, whereSound } from '../interval.js';
import { type IntervalContext, type LowerContext, type Operator, operand } from '../operator.js';

const binary = (f: (p: Program, a: Value, b: Value) => Value) => (context: LowerContext) =>
  f(context.p, operand(context, 0), operand(context, 1));

const both = (context: IntervalContext): readonly [Interval, Interval] => [
  context.input(0),
  context.input(1),
];

const magnitude = (p: Program, { lower, upper }: Interval): Value => p.max(p.abs(lower), p.abs(upper));

/** A constant whose shape does not enlarge the other side: then it merges into that side's affine form. */
const mergesInto = (constant: Interval, x: Interval): boolean =>
  isPoint(constant) &&
  constant.lower.shape.length <= x.lower.shape.length &&
  sameAfter(x.lower, constant.lower);

function sameAfter(x: Value, constant: Value): boolean {
  const offset = x.shape.length - constant.shape.length;
  return constant.shape.every((dim, axis) => dim === 1 || dim === x.shape[axis + offset]);
}

/**
 * a + b of two bounded values. One rounding, and where a side is an affine layer, as many as that layer has: ONNX
 * Runtime may fuse the addition into it and add the other side first.
 */
function sumInterval({ p, rounding }: IntervalContext, a: Interval, b: Interval): Interval {
  const length = Math.max(a.affine?.length ?? 0, b.affine?.length ?? 0);
  const relative = length === 0 ? 0 : rounding.deployed(length + 2);
  const extra = p.mul(p.add(magnitude(p, a), magnitude(p, b)), relative);
  const lower = p.sub(p.add(a.lower, b.lower), extra);
  const upper = p.add(p.add(a.upper, b.upper), extra);
  return outward(p, rounding, { lower, upper }, 1);
}

const negated = (p: Program, x: Interval): Interval =>
  unlessInfinite(p, x, { lower: p.neg(x.upper), upper: p.neg(x.lower) });

/** Add (ONNX opset 7+). Interval: exact but for one rounding; a constant merges into the layer before it. */
export const add = {
  type: 'Add',
  lower: binary((p, a, b) => p.add(a, b)),
  interval: (context) => {
    const [a, b] = both(context);
    if (mergesInto(b, a)) return scaleShift(context.p, context.rounding, a, undefined, b.lower);
    if (mergesInto(a, b)) return scaleShift(context.p, context.rounding, b, undefined, a.lower);
    return sumInterval(context, a, b);
  },
} satisfies Operator;

/** Sub (ONNX opset 7+). As Add with the second side negated, which is exact. */
export const sub = {
  type: 'Sub',
  lower: binary((p, a, b) => p.sub(a, b)),
  interval: (context) => {
    const { p, rounding } = context;
    const [a, b] = both(context);
    if (mergesInto(b, a)) return scaleShift(p, rounding, a, undefined, p.neg(b.lower));
    return sumInterval(context, a, { ...negated(p, b), ...(b.affine && { affine: b.affine }) });
  },
} satisfies Operator;

/** Mul (ONNX opset 7+). Interval: corners of the box, one rounding; a constant merges into the layer before it. */
export const mul = {
  type: 'Mul',
  lower: binary((p, a, b) => p.mul(a, b)),
  interval: (context) => {
    const [a, b] = both(context);
    if (mergesInto(b, a)) return scaleShift(context.p, context.rounding, a, b.lower, undefined);
    if (mergesInto(a, b)) return scaleShift(context.p, context.rounding, b, a.lower, undefined);
    return productInterval(context.p, context.rounding, a, b);
  },
} satisfies Operator;

/** 1 / x, infinite where x may be 0. One rounding. */
function reciprocalInterval({ p, rounding }: IntervalContext, x: Interval): Interval {
  const bounds = { lower: p.reciprocal(x.upper), upper: p.reciprocal(x.lower) };
  const oneSided = p.or(p.greater(x.lower, 0), p.less(x.upper, 0));
  return whereSound(p, p.and(oneSided, finite(p, x)), outward(p, rounding, bounds, 1));
}

/** Div (ONNX opset 7+). Interval: a times 1 / b; dividing by a constant is a scale (two roundings instead of one). */
export const div = {
  type: 'Div',
  lower: binary((p, a, b) => p.div(a, b)),
  interval: (context) => {
    const { p, rounding } = context;
    const [a, b] = both(context);
    if (mergesInto(b, a)) return scaleShift(p, rounding, a, p.reciprocal(b.lower), undefined);
    return productInterval(p, rounding, a, reciprocalInterval(context, b));
  },
} satisfies Operator;

/** Neg (ONNX opset 6+). Exact. */
export const neg = {
  type: 'Neg',
  lower: (context) => context.p.neg(operand(context, 0)),
  interval: (context) => negated(context.p, context.input(0)),
} satisfies Operator;

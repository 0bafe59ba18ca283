// Add, Sub and Neg, with broadcasting, and what all arithmetic shares.
import { isFloat } from '../../base/dtype.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { scaleShift } from '../affine.js';
import { type Interval, isPoint, moved, outward, unlessInfinite, whereSound } from '../interval.js';
import { linearRelaxation } from '../linear.js';
import { broadcastTerms, greatestMagnitude } from '../lines.js';
import {
  type IntervalContext,
  type LowerContext,
  type Operator,
  operand,
  type RelaxContext,
  Unbounded,
} from '../operator.js';
import type { Relaxation } from '../relaxation.js';
import type { Rounding } from '../rounding.js';

/** A rule that computes a node of two inputs. */
export const binary = (f: (p: Program, a: Value, b: Value) => Value) => (context: LowerContext) =>
  f(context.p, operand(context, 0), operand(context, 1));

/** Bounds of both inputs. */
export const both = (context: IntervalContext): readonly [Interval, Interval] => [
  context.input(0),
  context.input(1),
];

/** A constant whose shape does not enlarge the other side: then it merges into that side's affine form. */
export const mergesInto = (constant: Interval, x: Interval): boolean =>
  isPoint(constant) &&
  constant.lower.shape.length <= x.lower.shape.length &&
  sameAfter(x.lower, constant.lower);

function sameAfter(x: Value, constant: Value): boolean {
  const offset = x.shape.length - constant.shape.length;
  return constant.shape.every((dim, axis) => dim === 1 || dim === x.shape[axis + offset]);
}

/** What a fused sum loses on `other`, when it joins a layer of `terms` products: gamma_(terms+2) |other|. */
function fusedError(p: Program, rounding: Rounding, { terms }: Interval, other: Interval): Value[] {
  const relative = terms === undefined ? 0 : rounding.deployed(terms + 2) * (1 + 8 * rounding.own);
  return relative === 0 ? [] : [p.mul(greatestMagnitude(p, other), relative)];
}

/**
 * a + b of two bounded values. One rounding; and where a side is an affine layer, ONNX Runtime may accumulate the layer's
 * products onto the other side (NCHWc Conv with a sum): then that side, too, goes through all the layer's roundings.
 * The layer's own part of that error is in its bounds already.
 */
export function sumInterval(
  { p, rounding }: Pick<IntervalContext, 'p' | 'rounding'>,
  a: Interval,
  b: Interval,
): Interval {
  const errors = [...fusedError(p, rounding, a, b), ...fusedError(p, rounding, b, a)];
  const lower = errors.reduce((bound, error) => p.sub(bound, error), p.add(a.lower, b.lower));
  const upper = errors.reduce((bound, error) => p.add(bound, error), p.add(a.upper, b.upper));
  // One rounding of the deployed sum; one of the program for each error.
  return outward(p, rounding, { lower, upper }, 1 + errors.length);
}

/**
 * a + b of two values: exact but for the deployed rounding of the sum, and of a fused sum on either side (sumInterval).
 * @param sign of b
 */
function sumRelaxation(context: RelaxContext, sign: 1 | -1): Relaxation {
  const { p, rounding, bounds } = context;
  const [a, b] = both(context);
  const errors = [
    p.mul(greatestMagnitude(p, bounds), rounding.deployed(1) * (1 + 8 * rounding.own)),
    ...fusedError(p, rounding, a, b),
    ...fusedError(p, rounding, b, a),
  ];
  const error = errors.reduce((sum, next) => p.add(sum, next));
  const outward = p.add(p.mul(error, 1 + 8 * rounding.own), rounding.underflow(2));
  const spread = (z: Value) => p.expandLike(z, bounds.lower);
  const exact = linearRelaxation(context, [
    { input: 0, linear: spread, readers: broadcastTerms(context, 0) },
    {
      input: 1,
      linear: (z) => (sign === 1 ? spread(z) : p.neg(spread(z))),
      absLinear: spread,
      readers: broadcastTerms(context, 1),
    },
  ]);
  return { ...exact, gap: exact.gap === undefined ? outward : p.add(exact.gap, outward) };
}

/**
 * Of a sum, or of a difference: the place of the side that it equals, as the other is zero everywhere. Not of one with an affine form: that
 * takes up zeros as it does any constant, and what is behind it stays one step from the layer.
 */
function unchanged(context: IntervalContext, sides: readonly number[]): number | undefined {
  const [a, b] = both(context);
  if (!isFloat(context.output.dtype)) return undefined;
  return sides.find((side) => {
    const [x, other] = side === 0 ? [a, b] : [b, a];
    return x.affine === undefined && isZero(other.lower) && mergesInto(other, x);
  });
}

function isZero(value: Value): boolean {
  const { constant } = value.primitive === 'cast' ? (value.inputs[0] ?? value) : value;
  const data = constant?.data;
  if (data === undefined || data.length > greatestZero) return false;
  for (const element of data) if (Number(element) !== 0) return false;
  return true;
}
/** Longer constants are not looked through. */
const greatestZero = 4096;

/** Exact, but that kernels may make zero of what is smaller than normal numbers. */
function unchangedInterval({ p, rounding, input }: IntervalContext, side: number): Interval {
  const x = input(side);
  const flushed = rounding.underflow(1);
  return {
    ...moved(x, (value) => value),
    lower: p.sub(x.lower, flushed),
    upper: p.add(x.upper, flushed),
  };
}

function unchangedRelaxation(context: RelaxContext, input: number): Relaxation {
  const { p, rounding } = context;
  const exact = linearRelaxation(context, [{ input, linear: (z) => z }]);
  return { ...exact, gap: p.scalar(rounding.dtype, rounding.underflow(2)) };
}

const negated = (p: Program, x: Interval): Interval =>
  unlessInfinite(p, x, { lower: p.neg(x.upper), upper: p.neg(x.lower) });

/** Sums of integers: exact, and known as long as floats have them all. */
function integerSum({ p, output, node }: IntervalContext, a: Interval, b: Interval): Interval {
  if (output.dtype !== 'int64' && output.dtype !== 'int32')
    throw new Unbounded(`node "${node.name}" (${node.type}): ${output.dtype} may overflow`);
  const sum = { lower: p.add(a.lower, b.lower), upper: p.add(a.upper, b.upper) };
  const sound = p.and(p.greaterOrEqual(sum.lower, -(2 ** 24)), p.lessOrEqual(sum.upper, 2 ** 24));
  return whereSound(p, sound, sum);
}

/** Add (ONNX opset 7+). Interval: exact but for one rounding; a constant merges into the layer before it. */
export const add = {
  type: 'Add',
  integers: true,
  lower: binary((p, a, b) => p.add(a, b)),
  interval: (context) => {
    const [a, b] = both(context);
    if (!isFloat(context.output.dtype)) return integerSum(context, a, b);
    const side = unchanged(context, [0, 1]);
    if (side !== undefined) return unchangedInterval(context, side);
    if (mergesInto(b, a)) return scaleShift(context.p, context.rounding, a, undefined, b.lower);
    if (mergesInto(a, b)) return scaleShift(context.p, context.rounding, b, undefined, a.lower);
    return sumInterval(context, a, b);
  },
  relax: (context) => {
    const side = unchanged(context, [0, 1]);
    return side === undefined ? sumRelaxation(context, 1) : unchangedRelaxation(context, side);
  },
  tightens: 'nowhere',
} satisfies Operator;

/** Sub (ONNX opset 7+). As Add with the second side negated, which is exact. */
export const sub = {
  type: 'Sub',
  integers: true,
  lower: binary((p, a, b) => p.sub(a, b)),
  interval: (context) => {
    const { p, rounding } = context;
    const [a, b] = both(context);
    if (!isFloat(context.output.dtype)) return integerSum(context, a, negated(p, b));
    if (unchanged(context, [0]) !== undefined) return unchangedInterval(context, 0);
    if (mergesInto(b, a)) return scaleShift(p, rounding, a, undefined, p.neg(b.lower));
    if (mergesInto(a, b)) return scaleShift(p, rounding, b, p.scalar(rounding.dtype, -1), a.lower);
    return sumInterval(context, a, { ...negated(p, b), ...(b.terms !== undefined && { terms: b.terms }) });
  },
  relax: (context) =>
    unchanged(context, [0]) === undefined ? sumRelaxation(context, -1) : unchangedRelaxation(context, 0),
  tightens: 'nowhere',
} satisfies Operator;

/** Neg (ONNX opset 6+). Exact. */
export const neg = {
  type: 'Neg',
  lower: (context) => context.p.neg(operand(context, 0)),
  interval: (context) => negated(context.p, context.input(0)),
  relax: (context) => linearRelaxation(context, [{ input: 0, linear: (z) => context.p.neg(z) }]),
  tightens: 'nowhere',
} satisfies Operator;

// Relaxation of sums of products of two bounded values, such as the matrix products of attention.
import { smallestNormal } from '../base/dtype.js';
import { staticSize } from '../program/dims.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import { midRad, slackOf } from './affine.js';
import type { Bilinear } from './bilinear.js';
import { type Interval, isPoint, type Scales } from './interval.js';
import { type LinearPart, linearRelaxation, transposed } from './linear.js';
import { greatestMagnitude } from './lines.js';
import { chosenOr, type RelaxContext } from './operator.js';
import type { Relaxation } from './relaxation.js';

/**
 * With a = ma + da, |da| <= ra, and b alike: a b = ma b + a mb - ma mb + da db, and |da db| <= ra rb. That is the mean of
 * McCormick's planes, on average as close as either, nowhere worse than `bilinearInterval`, and of the same slopes on
 * both sides, so that coefficients take one product per input. Rounding: as in `bilinearInterval`.
 * @param factor of the whole
 * @param late as in affine.ts
 */
export function bilinearRelaxation(
  context: RelaxContext,
  form: Bilinear,
  { factor = 1, late }: { readonly factor?: number; readonly late?: Scales | undefined } = {},
): Relaxation {
  const { p, rounding } = context;
  const { length } = form;
  if (context.choose !== undefined && factor > 0 && !isPoint(context.input(0)) && !isPoint(context.input(1)))
    return mixedPlanes(context, form, factor, late);
  const times = (by: number) => (x: Value, y: Value) =>
    by === 1 ? form.product(x, y) : p.mul(form.product(x, y), by);
  const [product, magnitude] = [times(factor), times(Math.abs(factor))];
  const [a, b] = [context.input(0), context.input(1)];
  const [left, right] = [midRad(p, a), midRad(p, b)];
  const tiny = 4 * smallestNormal[rounding.dtype];
  const [leftRad, rightRad] = [p.add(left.rad, tiny), p.add(right.rad, tiny)];
  const [leftReach, rightReach] = [p.add(p.abs(left.mid), leftRad), p.add(p.abs(right.mid), rightRad)];
  const error = p.add(
    p.mul(magnitude(leftReach, rightReach), slackOf(rounding, length)),
    underflowOf(context, length, Math.abs(factor), late),
  );
  const gap = p.mul(p.add(magnitude(leftRad, rightRad), error), 1 + 2 * rounding.program(length + 16));
  // Each element is part of as many products as there are products altogether, divided by the elements.
  const products = staticSize(context.bounds.lower.shape) * length;
  const readers = (z: Value): number => Math.ceil(products / staticSize(z.shape));
  const parts: LinearPart[] = [
    {
      input: 0,
      linear: (z) => product(z, right.mid),
      absLinear: (z) => magnitude(z, p.abs(right.mid)),
      // One more: coefficients are products, even if of one reader only.
      readers: readers(a.lower) + 1,
    },
    {
      input: 1,
      linear: (z) => product(left.mid, z),
      absLinear: (z) => magnitude(p.abs(left.mid), z),
      readers: readers(b.lower) + 1,
    },
  ];
  const variable = parts.filter(({ input }) => !isPoint(context.input(input)));
  const exact = linearRelaxation(context, variable);
  const offset = variable.length === 2 ? p.neg(product(left.mid, right.mid)) : undefined;
  return { ...exact, offset, gap: summed(p, exact.gap, gap, 1 + 8 * rounding.own) };
}

/**
 * McCormick's planes of a b, mixed: with t in [0, 1] for each element of a, chosen for either side,
 *   a b >= a (lb + t wb) + (la + t wa) b - ((1 - t) la lb + t ua ub), w = u - l,
 *   a b <= a (ub - t wb) + (la + t wa) b - ((1 - t) la ub + t ua lb).
 * Rounding: slopes are off by 3 roundings of the greatest |a| and |b|, sums by those of three of the form's length.
 */
function mixedPlanes(
  context: RelaxContext,
  form: Bilinear,
  factor: number,
  late: Scales | undefined,
): Relaxation {
  const { p, rounding } = context;
  const { length } = form;
  const product = (x: Value, y: Value) =>
    factor === 1 ? form.product(x, y) : p.mul(form.product(x, y), factor);
  const [a, b] = [context.input(0), context.input(1)];
  const half = p.fillLike(a.lower, 0.5);
  const share = (key: string) => p.min(p.max(chosenOr(context, key, half, 1, [0, 1]), 0), 1);
  const [low, high] = [share('below'), share('above')];
  const [widthA, widthB] = [p.sub(a.upper, a.lower), p.sub(b.upper, b.lower)];
  const ends = (t: Value, atLower: Value, atUpper: Value) =>
    p.add(product(p.mul(p.sub(1, t), a.lower), atLower), product(p.mul(t, a.upper), atUpper));
  const [below, above] = [ends(low, b.lower, b.upper), ends(high, b.upper, b.lower)];
  const reach = (x: Interval) => p.add(greatestMagnitude(p, x), 4 * smallestNormal[rounding.dtype]);
  const magnitude = product(reach(a), reach(b));
  const products = staticSize(context.bounds.lower.shape) * length;
  const readers = (x: Interval): number => Math.ceil(products / staticSize(x.lower.shape)) + 4;
  const terms = 3 * length + readers(a) + readers(b) + 32;
  const error = p.add(
    p.mul(magnitude, 4 * slackOf(rounding, terms)),
    underflowOf(context, 4 * length, factor, late),
  );
  const spread = p.mul(p.sub(below, above), 0.5);
  const transpose = (linear: (z: Value) => Value, x: Interval) => transposed(p, linear, x.lower);
  const throughA = (y: Value) => transpose((z) => product(z, y), a);
  const [lowest, highest, wide] = [throughA(b.lower), throughA(b.upper), throughA(widthB)];
  const throughB = (t: Value) => transpose((z) => product(p.add(a.lower, p.mul(t, widthA)), z), b);
  const [ofLow, ofHigh] = [throughB(low), throughB(high)];
  const parts = (coefficients: Value, size: Value) => ({
    positive: p.mul(p.add(coefficients, size), 0.5),
    negative: p.mul(p.sub(coefficients, size), 0.5),
  });
  return {
    offset: p.neg(p.mul(p.add(below, above), 0.5)),
    gap: p.add(spread, error),
    parts: [
      {
        input: 0,
        operations: 4 * readers(a),
        back: (coefficients, size) => {
          const { positive, negative } = parts(coefficients, size);
          const rising = p.add(lowest(positive), p.mul(low, wide(positive)));
          return p.add(rising, p.sub(highest(negative), p.mul(high, wide(negative))));
        },
      },
      {
        input: 1,
        operations: 4 * readers(b),
        back: (coefficients, size) => {
          const { positive, negative } = parts(coefficients, size);
          return p.add(ofLow(positive), ofHigh(negative));
        },
      },
    ],
  };
}

const underflowOf = (
  { p, rounding }: RelaxContext,
  length: number,
  factor: number,
  late: Scales | undefined,
): Value => {
  const underflow = p.scalar(rounding.dtype, Math.max(factor, 1) * rounding.underflow(4 * length + 8));
  return late === undefined ? underflow : p.mul(underflow, late.most);
};

const summed = (p: Program, one: Value | undefined, other: Value, inflate: number): Value =>
  p.mul(one === undefined ? other : p.add(one, other), inflate);

/** y = y1 + y2, from relaxations of both on inputs of the same node. */
export function addedRelaxations(
  { p, rounding }: RelaxContext,
  one: Relaxation,
  other: Relaxation,
): Relaxation {
  const sum = (x: Value | undefined, y: Value | undefined) => (x && y ? p.add(x, y) : (x ?? y));
  const size = sum(one.offset && p.abs(one.offset), other.offset && p.abs(other.offset));
  const gaps = [one.gap, other.gap, size && p.mul(size, rounding.program(4))];
  const gap = gaps.reduce(sum, undefined);
  return {
    parts: [...one.parts, ...other.parts],
    offset: sum(one.offset, other.offset),
    gap: gap && p.mul(gap, 1 + 8 * rounding.own),
  };
}

// Relaxation of sums of products of two bounded values, such as the matrix products of attention.
import { smallestNormal } from '../base/dtype.js';
import { staticSize } from '../program/dims.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import { midRad, slackOf } from './affine.js';
import type { Bilinear } from './bilinear.js';
import { isPoint } from './interval.js';
import { type LinearPart, linearRelaxation } from './linear.js';
import type { RelaxContext } from './operator.js';
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
  { factor = 1, late }: { readonly factor?: number; readonly late?: Value | undefined } = {},
): Relaxation {
  const { p, rounding } = context;
  const { length } = form;
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

const underflowOf = (
  { p, rounding }: RelaxContext,
  length: number,
  factor: number,
  late: Value | undefined,
): Value => {
  const underflow = p.scalar(rounding.dtype, Math.max(factor, 1) * rounding.underflow(4 * length + 8));
  return late === undefined ? underflow : p.mul(underflow, p.max(late, 1));
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

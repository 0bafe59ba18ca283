// Interval bounds of products of two bounded values, rounding included.
import { smallestNormal } from '../base/dtype.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import { lateRoom, midRad, slackOf } from './affine.js';
import { finite, type Interval, outward, type Scales, whereSound } from './interval.js';
import type { Rounding } from './rounding.js';

/**
 * Element-wise product: the extremes are among the four products of bounds, then one rounding.
 * 0 times infinity would be NaN; infinite arguments are sorted out first.
 */
export function productInterval(p: Program, rounding: Rounding, a: Interval, b: Interval): Interval {
  const corners = [
    p.mul(a.lower, b.lower),
    p.mul(a.lower, b.upper),
    p.mul(a.upper, b.lower),
    p.mul(a.upper, b.upper),
  ] as const;
  const [first, ...rest] = corners;
  const lower = rest.reduce((least, corner) => p.min(least, corner), first);
  const upper = rest.reduce((most, corner) => p.max(most, corner), first);
  return whereSound(p, finite(p, a, b), outward(p, rounding, { lower, upper }, 1));
}

/** A sum of products of one element of a and one of b each, such as a matrix product. */
export type Bilinear = {
  product(a: Value, b: Value): Value;
  /** Products in one output, at most. */
  readonly length: number;
};

/**
 * Matrix product, or another bilinear form, of two boxes in mid/rad form (Rump, Fast and parallel interval arithmetic, 1999, section 4):
 * mA mB -+ (|mA| rB + rA (|mB| + rB) + slack (|mA| + rA) (|mB| + rB)). Slack as in slackOf: gamma_n deployed and own on the
 * magnitude, u each for the radii, their use, the final sum. Radii grow by what halving loses to underflow.
 * @param late as in affine.ts
 */
export function bilinearInterval(
  p: Program,
  rounding: Rounding,
  [a, b]: readonly [Interval, Interval],
  { product, length }: Bilinear,
  late?: Scales,
): Interval {
  const [left, right] = [midRad(p, a), midRad(p, b)];
  const slack = slackOf(rounding, length);
  const inflate = 1 + 2 * rounding.program(length + 12);
  const tiny = 4 * smallestNormal[rounding.dtype];
  const [leftRad, rightRad] = [p.add(left.rad, tiny), p.add(right.rad, tiny)];
  const [leftAbs, rightAbs] = [p.abs(left.mid), p.abs(right.mid)];
  const rightReach = p.add(rightAbs, rightRad);
  const spread = p.add(product(leftAbs, rightRad), product(leftRad, rightReach));
  const magnitude = product(p.add(leftAbs, leftRad), rightReach);
  const exact = p.add(p.mul(spread, (1 + slack) * inflate), p.mul(magnitude, slack * inflate));
  const underflow = p.scalar(rounding.dtype, rounding.underflow(4 * length + 8));
  const radius = p.add(exact, late === undefined ? underflow : p.mul(underflow, late.most));
  const center: Value = product(left.mid, right.mid);
  const limit = slack * rounding.safeMagnitude;
  const sound = p.less(radius, late === undefined ? limit : p.mul(lateRoom(p, late), limit));
  return {
    ...whereSound(p, sound, { lower: p.sub(center, radius), upper: p.add(center, radius) }),
    terms: length,
  };
}

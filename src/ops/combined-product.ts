// Relaxation of matrix products of two bounded values, by what each row of coefficients makes of the right one.
import { smallestNormal } from '../base/dtype.js';
import { staticSize } from '../program/dims.js';
import type { Value } from '../program/value.js';
import { slackOf } from './affine.js';
import type { Bilinear } from './bilinear.js';
import { greatestMagnitude } from './lines.js';
import { chosenOr, type RelaxContext } from './operator.js';
import type { Relaxation } from './relaxation.js';
import { boxRangesOf, rangesOf, spreadOf, type Zonotope } from './zonotope.js';

/** Elements of an array that a row takes, at most. */
const greatestArray = 2 ** 19;
/** Of fewer products than that the sum is hardly tighter than its terms. */
const fewestTerms = 8;

/** Whether a [...b, m, k] and b [...b, k, n] are such that combinations over n pay, and can be afforded. */
export function isWorthCombining(a: Value, { generators, lower }: Zonotope): boolean {
  const [left, right] = [a.shape.slice(0, -2), lower.shape.slice(0, -2)];
  const isAlike =
    a.shape.length >= 2 && left.length === right.length && left.every((n, at) => n === right[at]);
  const terms = Number(lower.shape.at(-1));
  const array = staticSize(a.shape) * Number(generators.shape.at(-1));
  return isAlike && lower.shape.length >= 2 && terms >= fewestTerms && array <= greatestArray;
}

/**
 * For a row c of coefficients, c . (a b) = sum_(m,k) a_mk g_mk with g_mk = sum_n c_mn b_kn. g is bounded for each row, and each of these
 * products by McCormick's planes, mixed by t in [0, 1]:
 *   a g >= a (gl + t wg) + (al + t wa) g - ((1 - t) al gl + t au gu), w = u - l.
 * With as many products as a has elements, n times fewer than a b has, g also varies far less than its terms.
 * Rounding: deployed as in `bilinearInterval`; slopes are off by 8 roundings of the greatest |a| and |g|, constants by 12 of their product;
 * coefficients of b are sums over m.
 */
export function combinedProduct(
  context: RelaxContext,
  { product, length }: Bilinear,
  zonotope: Zonotope,
): Relaxation {
  const { p, rounding } = context;
  const [a, b] = [context.input(0), context.input(1)];
  const spread = spreadOf(p, rounding, zonotope);
  const t = p.min(p.max(chosenOr(context, 'mix', p.fillLike(a.lower, 0.5)), 0), 1);
  const width = p.sub(a.upper, a.lower);
  const slope = p.add(a.lower, p.mul(t, width));
  const [magnitudeA, magnitudeB] = [greatestMagnitude(p, a), greatestMagnitude(p, b)];
  const count = staticSize(a.lower.shape);
  const rows = Number(a.lower.shape.at(-2));
  const tiny = 4 * smallestNormal[rounding.dtype];
  const magnitude = product(p.add(magnitudeA, tiny), p.add(magnitudeB, tiny));
  const rangeOf = (coefficients: Value) => {
    const [joint, apart] = [
      rangesOf(p, rounding, spread, coefficients),
      boxRangesOf(p, rounding, b, coefficients),
    ];
    // Derivatives of ranges would take twice the time of all else.
    return {
      lower: p.detach(p.max(joint.lower, apart.lower)),
      upper: p.detach(p.min(joint.upper, apart.upper)),
    };
  };
  return {
    parts: [
      {
        input: 0,
        operations: 8,
        back: (coefficients) => {
          const { lower, upper } = rangeOf(coefficients);
          return p.add(lower, p.mul(t, p.sub(upper, lower)));
        },
      },
      {
        input: 1,
        operations: 4 * rows,
        back: (coefficients) => p.matmul(p.transposeLast(slope), coefficients),
      },
    ],
    perRow: (coefficients) => {
      const { lower, upper } = rangeOf(coefficients);
      const low = p.mul(p.mul(p.sub(1, t), a.lower), lower);
      const high = p.mul(p.mul(t, a.upper), upper);
      const greatest = p.mul(magnitudeA, p.max(p.abs(lower), p.abs(upper)));
      const lost = p.mul(greatest, rounding.program(4 * count + 128));
      const terms = p.reshape(p.add(p.add(low, high), lost), [coefficients.shape[0] ?? 1, count]);
      const sum = p.reshape(p.reduceSum(terms, [1]), [coefficients.shape[0] ?? 1]);
      return p.neg(p.add(sum, 64 * count * rounding.ownUnderflow));
    },
    gap: p.add(
      p.mul(magnitude, 4 * slackOf(rounding, 3 * length + rows + 32)),
      rounding.underflow(16 * (length + rows) + 32),
    ),
  };
}

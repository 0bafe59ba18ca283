// Special values: those that programs are known to treat badly, where the box has them.
import { greatestFinite, smallestNormal } from '../../base/dtype.js';
import type { Domain } from '../domain.js';
import { fewOf } from './numbers.js';
import { type BoundedMutator, mutatorOf, numberAt, type Part } from './parts.js';
import { subset } from './subset.js';

const powersOfTwo = [
  -100, -64, -32, -24, -16, -8, -4, -2, -1, 1, 2, 3, 4, 7, 8, 10, 15, 16, 24, 31, 32, 63, 64, 100,
];
const positive = [
  1,
  ...powersOfTwo.map((exponent) => 2 ** exponent),
  // Neighbours of 1, and the greatest whole numbers of 8 and 16 bits.
  1 - 2 ** -24,
  1 + 2 ** -23,
  255,
  65_535,
  smallestNormal.float32,
  2 ** -149,
  greatestFinite.float32,
];

/** float32 numbers, -0 among them. */
export const specialValues: readonly number[] = [0, -0, ...positive, ...positive.map((value) => -value)];

/** What is put in: a number, -0, or an end of each element's box. */
const kinds = { number: 0, lower: 1, upper: 2, negativeZero: 3 } as const;

/** One element or more become a special value, or an end of their box. Values that are not inside an element's box leave it alone. */
export function createDictionary(domain: Domain, seed: number): BoundedMutator {
  const members = subset(domain, seed, 'dictionary', [1, domain.size], (rng) => fewOf(rng, domain.size));
  return mutatorOf(
    'dictionary',
    domain,
    [members, entry(domain)],
    (p, { inputs, lower, upper }, [chosen, drawn]) => {
      const [kind, value] = [numberAt(p, drawn, 0, domain), numberAt(p, drawn, 1, domain)];
      const isEnd = p.or(p.equal(kind, kinds.lower), p.equal(kind, kinds.upper));
      // The ends themselves are drawn as such: clipping a zero to a box that ends at one could give either zero.
      const fits = p.or(isEnd, p.and(p.greater(value, lower), p.less(value, upper)));
      const isPut = p.and(chosen, fits);
      const end = p.where(p.equal(kind, kinds.lower), lower, upper);
      const child = p.where(isPut, p.where(isEnd, end, value), inputs);
      if (!isInside(0, domain)) return child;
      // ONNX Runtime's Where gives 0 for -0.
      return p.mul(child, p.where(p.and(isPut, p.equal(kind, kinds.negativeZero)), -1, p.fillLike(kind, 1)));
    },
  );
}

/** What is put in and, if it is a number, which: [parents or 1, children, 2]. */
function entry(domain: Domain): Part {
  const usable = specialValues.filter((value) => isInside(value, domain));
  return {
    bounds: [
      [0, kinds.negativeZero],
      [-greatestFinite.float32, greatestFinite.float32],
    ],
    draw(parameters, at, rng) {
      const value = rng.uniform() < 0.6 ? usable[rng.below(usable.length)] : undefined;
      parameters[at] =
        value === undefined
          ? kinds.lower + rng.below(2)
          : Object.is(value, -0)
            ? kinds.negativeZero
            : kinds.number;
      parameters[at + 1] = value ?? 0;
    },
    encode: (_p, parameters) => parameters,
  };
}

/** Whether a number lies inside some element's box. */
const isInside = (value: number, { lower, upper }: Domain): boolean =>
  lower.some((least, at) => value > least && value < (upper[at] as number));

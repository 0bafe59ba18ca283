// Special values: those that programs are known to treat badly, where the box has them.
import { greatestFinite, smallestNormal } from '../../base/dtype.js';
import type { Domain } from '../domain.js';
import { fewOf, number } from './numbers.js';
import { type BoundedMutator, mutatorOf } from './parts.js';
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

const kinds = { value: 0, lower: 1, upper: 2 } as const;

/** One element or more become a special value, or an end of their box. Values that are not inside an element's box leave it alone. */
export function createDictionary(domain: Domain, seed: number): BoundedMutator {
  const members = subset(domain, seed, 'dictionary', [1, domain.size], (rng) => fewOf(rng, domain.size));
  const values = specialValues.filter((value) => isInside(value, domain));
  const kind = number([0, 2], (rng) =>
    values.length === 0 ? 1 + rng.below(2) : ([0, 0, 0, 1, 2][rng.below(5)] ?? 0),
  );
  const literal = number(
    [-greatestFinite.float32, greatestFinite.float32],
    (rng) => values[rng.below(values.length)] ?? 0,
  );
  return mutatorOf(
    'dictionary',
    domain,
    [members, kind, literal],
    (p, { inputs, lower, upper }, [chosen, what, value]) => {
      const isValue = p.equal(what, kinds.value);
      // Its ends themselves are drawn as such: clipping -0 to a box that ends at 0 could give either zero.
      const fits = p.and(p.greater(value, lower), p.less(value, upper));
      const put = p.where(isValue, value, p.where(p.equal(what, kinds.lower), lower, upper));
      return p.where(p.and(chosen, p.or(p.not(isValue), fits)), put, inputs);
    },
  );
}

/** Whether some element's box has a number inside. */
const isInside = (value: number, { lower, upper }: Domain): boolean =>
  lower.some((least, at) => value > least && value < (upper[at] as number));

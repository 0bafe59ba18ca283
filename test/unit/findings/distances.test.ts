// Distances against sums and maxima over all elements at once.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distances } from '../../../src/findings/distances.js';
import { SEED } from '../../helpers/laws.js';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function reference(input: readonly number[], seed: readonly number[]) {
  const changes = input.map((value, at) => Math.abs(value - (seed[at] ?? 0)));
  return {
    linf: Math.max(0, ...changes),
    l2: Math.sqrt(sum(changes.map((change) => change ** 2))),
    l1: sum(changes),
    l0: changes.filter((change) => change !== 0).length,
  };
}

/** Often the same, so that some elements have not changed. */
const element = fc.oneof(fc.constantFrom(0, -0, 1, 0.5), fc.float({ noNaN: true, noDefaultInfinity: true }));

test('the norms of the change', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(element, element), { maxLength: 40 }), (pairs) => {
      const [input, seed] = [pairs.map(([value]) => value), pairs.map(([, before]) => before)];
      const found = distances(Float32Array.from(input), Float32Array.from(seed));
      expect(found).toEqual(reference(input, seed));
      expect(distances(Float32Array.from(seed), Float32Array.from(input))).toEqual(found);
    }),
    { seed: SEED, numRuns: 500 },
  );
});

describe('what is no number', () => {
  test.each<[string, number, number, object]>([
    ['NaN where there was NaN', Number.NaN, Number.NaN, { linf: 4, l2: 5, l1: 7, l0: 2 }],
    ['infinity where there was infinity', Infinity, Infinity, { linf: 4, l2: 5, l1: 7, l0: 2 }],
    [
      'NaN where there was a number',
      Number.NaN,
      1,
      { linf: Number.NaN, l2: Number.NaN, l1: Number.NaN, l0: 3 },
    ],
    [
      'a number where there was NaN',
      1,
      Number.NaN,
      { linf: Number.NaN, l2: Number.NaN, l1: Number.NaN, l0: 3 },
    ],
    ['infinity where there was a number', Infinity, 1, { linf: Infinity, l2: Infinity, l1: Infinity, l0: 3 }],
    [
      'one infinity for the other',
      Infinity,
      -Infinity,
      { linf: Infinity, l2: Infinity, l1: Infinity, l0: 3 },
    ],
    ['a zero of the other sign', -0, 0, { linf: 4, l2: 5, l1: 7, l0: 2 }],
  ])('%s', (_, value, before, expected) => {
    // On either side of the changes of 3 and 4: nothing later may hide it.
    expect(distances([value, 3, 4], [before, 0, 0])).toEqual(expected);
    expect(distances([3, 4, value], [0, 0, before])).toEqual(expected);
  });
});

test('more or fewer elements than the seed', () => {
  expect(() => distances([1], [1, 2])).toThrow(RangeError);
  expect(() => distances([1, 2], [1])).toThrow(RangeError);
});

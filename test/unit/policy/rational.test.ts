// Rational numbers that are far apart from one: rounding takes a few steps, and does not walk there from zero.
import { expect, test } from 'vitest';
import { roundedUp } from '../../../src/policy/expression/rational.js';

test.each([
  [1n, 1100n, 2 ** -1000],
  [-1n, 1100n, -(2 ** -1000)],
  [3n, 1400n, 3 * 2 ** -1000],
])('%d * 2^-1000, with a denominator of %d bits', (n, bits, expected) => {
  expect(roundedUp({ n: n * 2n ** (bits - 1000n), d: 2n ** bits })).toBe(expected);
});

// Bounds are the very last number that still fits, judged by exact fractions.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { above, below, greatestWithin } from '../../../../src/policy/vnnlib/float64.js';
import { holds } from '../../../helpers/laws.js';

/** value * 2^1074, an integer for every float64: doubling is exact until the value is one. */
function scaled(value: number): bigint {
  let [integer, doublings] = [value, 0];
  for (; !Number.isInteger(integer); doublings++) integer *= 2;
  return BigInt(integer) << BigInt(1074 - doublings);
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const small = fc.integer({ min: -50, max: 50 }).map((n) => n / 8);
const positive = fc
  .oneof(finite, small, fc.constant(3))
  .map(Math.abs)
  .filter((value) => value > 0);

test('the quotient fits and its neighbour does not', async () => {
  await holds(
    fc.tuple(fc.oneof(finite, small), positive, fc.boolean()),
    async ([dividend, divisor, strict]) => {
      const fits = (x: number) => {
        const difference = scaled(divisor) * scaled(x) - (scaled(dividend) << 1074n);
        return strict ? difference < 0n : difference <= 0n;
      };
      const greatest = greatestWithin(dividend, divisor, strict);
      if (greatest !== -Infinity && greatest !== Infinity) expect(fits(greatest)).toBe(true);
      const next = greatest === -Infinity ? -Number.MAX_VALUE : above(greatest);
      if (greatest !== Infinity && next !== Infinity) expect(fits(next)).toBe(false);
      if (greatest === Infinity) expect(fits(Number.MAX_VALUE)).toBe(true);
      expect(Object.is(greatest, -0)).toBe(false);
    },
    500,
  );
});

test.each([
  [0, -Number.MIN_VALUE],
  [-0, -Number.MIN_VALUE],
  [Number.MIN_VALUE, 0],
  [1, 1 - 2 ** -53],
  [-1, -1 - 2 ** -52],
  [-Number.MAX_VALUE, -Infinity],
  [2 ** -1022, 2 ** -1022 - Number.MIN_VALUE],
])('below %d is %d, and above mirrors it', (value, expected) => {
  expect(below(value)).toBe(expected);
  expect(above(-value)).toBe(expected === 0 ? -0 : -expected);
});

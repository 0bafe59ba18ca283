// Bounds in decimal digits are still bounds.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { roundedDown, roundedUp, sixDigits } from '../../../src/cli/bounds/rounded.js';

test.each([
  [0, '0', '0'],
  [1, '1.00000', '1.00000'],
  [0.1, '0.100000', '0.100000'],
  [Math.fround(0.1), '0.100000', '0.100001'],
  [-Math.fround(0.1), '-0.100001', '-0.100000'],
  [9.9999999, '9.99999', '10.0000'],
  [-9.9999999, '-10.0000', '-9.99999'],
  [123456.7, '123456', '123457'],
  [1e-45, '1.00000e-45', '1.00000e-45'],
  [3.4e38, '3.40000e+38', '3.40000e+38'],
])('%d lies between %s and %s', (value, down, up) => {
  expect([roundedDown(value), roundedUp(value)]).toEqual([down, up]);
});

test('any number lies between its roundings, and they are close', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const [down, up] = [Number(roundedDown(value)), Number(roundedUp(value))];
      expect(down).toBeLessThanOrEqual(value);
      expect(up).toBeGreaterThanOrEqual(value);
      expect(up - down).toBeLessThanOrEqual(Math.abs(value) * 2.1e-5);
    }),
    { numRuns: 2000 },
  );
});

test('what is not finite is said as it is', () => {
  expect([Number.NaN, Infinity, -Infinity].map(sixDigits)).toEqual(['NaN', 'Infinity', '-Infinity']);
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextAbove, roundDown, roundUp } from '../../../src/base/float32-rounding.js';

describe('directed rounding to float32', () => {
  test('roundUp is the least float32 that is not below', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (x) => {
        const up = roundUp(x);
        expect(Math.fround(up)).toBe(up);
        expect(up).toBeGreaterThanOrEqual(x);
        // Every smaller float32 is below x.
        expect(-nextAbove(-up) < x || up === -Infinity || x === up).toBe(true);
      }),
    );
  });

  test('roundDown is the greatest float32 that is not above', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (x) => {
        const down = roundDown(x);
        expect(Math.fround(down)).toBe(down);
        expect(down).toBeLessThanOrEqual(x);
        expect(nextAbove(down) > x || x === Infinity).toBe(true);
      }),
    );
  });

  test.each([
    [0.1, Math.fround(0.1)],
    [-0.1, -0.09999999403953552],
    [1e-60, 2 ** -149],
    [-1e-60, -0],
    [1e300, Infinity],
    [0, 0],
  ])('roundUp(%d) is %d', (x, expected) => {
    expect(roundUp(x)).toBe(expected);
  });

  test.each([
    [0, 2 ** -149],
    [1, 1 + 2 ** -23],
    [-1, -(1 - 2 ** -24)],
    [-(2 ** -149), -0],
    [Infinity, Infinity],
  ])('after %d comes %d', (x, expected) => {
    expect(nextAbove(x)).toBe(expected);
  });

  test('NaN stays', () => expect(roundUp(Number.NaN)).toBeNaN());
});

// What counts as a valid finding: nothing that breaks a limit by even one bit.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Box, type Limits, withinLimits } from '../../../src/fuzz/limits.js';
import { Draw, flavours } from '../../helpers/draw.js';
import { nextDown, nextUp, units, within } from '../../helpers/exact.js';
import { holds } from '../../helpers/laws.js';

const wide: Box = { lower: new Float32Array(4).fill(-3e38), upper: new Float32Array(4).fill(3e38) };
const zero = new Float32Array(4);
const valid = (input: readonly number[], limits: Limits, seed: readonly number[] = [...zero], box = wide) =>
  withinLimits(Float32Array.from(input), Float32Array.from(seed), limits, box);

describe('the box', () => {
  const box: Box = { lower: Float32Array.of(0, 0, -1, -1), upper: Float32Array.of(1, 1, 1, 1) };
  test.each([
    [[0, 1, -1, 1], true],
    [[nextDown(0), 1, 0, 0], false],
    [[0, nextUp(1), 0, 0], false],
    [[0, Number.NaN, 0, 0], false],
    [[0, 0, -Infinity, 0], false],
  ])('%j: %s', (input, expected) => expect(valid(input, {}, input, box)).toBe(expected));

  test('whole numbers', () => {
    const integer = { ...box, integer: Uint8Array.of(0, 1, 0, 1) };
    expect(valid([0.5, 1, 0.5, -1], {}, undefined, integer)).toBe(true);
    expect(valid([0.5, 1, 0.5, -0.5], {}, undefined, integer)).toBe(false);
  });
});

test('linf is exact', () =>
  holds(
    fc.record({ seed: fc.nat(1e6), flavour: fc.constantFrom(...flavours) }),
    async ({ seed, flavour }) => {
      const draw = new Draw(seed);
      const [a, b] = [Math.fround(draw.number(flavour)), Math.fround(draw.number(flavour))];
      const near = Math.abs(a - b);
      for (const linfEpsilon of [near, near * (1 - 2 ** -52), near * (1 + 2 ** -51), draw.uniform()])
        expect(valid([a, 0, 0, 0], { linfEpsilon }, [b, 0, 0, 0])).toBe(within(a, b, linfEpsilon));
    },
    500,
  ));

test('a difference that float64 rounds down to the limit is beyond it', () => {
  // 1 + 2^-60 is no float64.
  const [a, b] = [1, -(2 ** -60)];
  expect(a - b).toBe(1);
  expect(valid([a, 0, 0, 0], { linfEpsilon: 1 }, [b, 0, 0, 0])).toBe(false);
  expect(valid([b, 0, 0, 0], { linfEpsilon: 1 }, [a, 0, 0, 0])).toBe(false);
  expect(valid([a, 0, 0, 0], { linfEpsilon: 1 }, [-b, 0, 0, 0])).toBe(true);
});

test('l2 accepts nothing that is farther, and next to all that is nearer', () =>
  holds(
    fc.nat(1e6),
    async (seed) => {
      const draw = new Draw(seed);
      const [input, other] = [draw.tensor([4]).data, draw.tensor([4]).data];
      const exact = [...input].reduce(
        (sum, value, at) => sum + (units(value) - units(other[at] ?? 0)) ** 2n,
        0n,
      );
      const length = Math.hypot(...[...input].map((value, at) => value - (other[at] ?? 0)));
      for (let step = -20; step <= 20; step++) {
        const l2Epsilon = length * (1 + step * 2 ** -52);
        if (withinLimits(input, other, { l2Epsilon }, wide))
          expect(exact <= units(l2Epsilon) ** 2n).toBe(true);
      }
      expect(withinLimits(input, other, { l2Epsilon: length * (1 + 1e-13) + 2 ** -500 }, wide)).toBe(true);
    },
    100,
  ));

describe('how many elements', () => {
  test.each([
    [[1, 0, 0, 2], 2, true],
    [[1, 0, 0, 2], 1, false],
    [[-0, 0, 0, 2 ** -149], 1, true],
    [[0, 0, 0, 2 ** -149], 0, false],
  ])('%j differs from zero in at most %d: %s', (input, l0Count, expected) =>
    expect(valid(input, { l0Count })).toBe(expected),
  );
});

describe("DeepHunter's rule", () => {
  const deepHunter = { alpha: 0.5, beta: 0.2, range: 255 };
  test.each([
    ['less than alpha x size elements may change by anything', [255, 0, 0, 0], true],
    ['alpha x size of them may not', [255, 1, 0, 0], false],
    ['all of them may change by beta x range', [51, -51, 51, 51], true],
    ['and by no more', [nextUp(51), 51, 51, 51], false],
  ])('%s', (_text, input, expected) => expect(valid(input, { deepHunter })).toBe(expected));
});

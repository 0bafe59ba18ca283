// Boxes hold exactly the float32 inputs that the property speaks of: one float more or less is a bug.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { roundDown, roundUp } from '../../../src/base/float32-rounding.js';
import { float32 } from '../../../src/base/tensor.js';
import { boxesAround, wholeRange } from '../../../src/policy/input-set.js';
import { nextDown, nextUp, within } from '../../helpers/exact.js';
import { SEED } from '../../helpers/laws.js';

const finite32 = fc.float({ noNaN: true, noDefaultInfinity: true });
const element = fc.oneof(finite32, fc.float({ min: 0, max: 1, noNaN: true }));
const epsilon = fc.oneof(
  fc.constantFrom(0.1, 0.05, 1 / 255, 2 ** -149, 2 ** -1074, 1e-20, 1e300, 3.4e38, 2 ** -24),
  fc.double({ min: 0, max: 1, noNaN: true }),
  finite32.map(Math.abs),
);
const ordered = (a: number, b: number) => [Math.min(a, b), Math.max(a, b)] as const;
/** A row element, epsilon and a range around the element. */
const ball = fc
  .tuple(element, epsilon, element, element)
  .map(([x, eps, a, b]) => ({ x, eps, range: ordered(Math.min(a, x), Math.max(b, x)) }));

const dataset = (values: readonly number[], shape: readonly number[]) => ({
  name: 'rows',
  inputs: float32(values, shape),
  labels: undefined,
});

const check = <T>(arbitrary: fc.Arbitrary<T>, law: (value: T) => void, numRuns = 3000) =>
  fc.assert(fc.property(arbitrary, law), { seed: SEED, numRuns });

test('roundUp and roundDown give the nearest float32 on their side', () => {
  check(fc.double({ noNaN: true, min: -3.4e38, max: 3.4e38 }), (value) => {
    const [down, up] = [roundDown(value), roundUp(value)];
    expect([Math.fround(down), Math.fround(up)]).toEqual([down, up]);
    expect(down <= value && value <= up).toBe(true);
    expect(nextUp(down) > value && nextDown(up) < value).toBe(true);
  });
  expect(roundUp(-1e39)).toBe(-3.4028234663852886e38);
  expect(roundDown(1e39)).toBe(3.4028234663852886e38);
});

describe('boxesAround', () => {
  const boxOf = ({ x, eps, range }: { x: number; eps: number; range: readonly [number, number] }) => {
    const { lower, upper } = boxesAround(dataset([x], [1, 1]), 0, eps, { ranges: [range] });
    return [lower.data[0] ?? Number.NaN, upper.data[0] ?? Number.NaN] as const;
  };

  test('holds exactly the float32 numbers within epsilon of the row and in the range', () => {
    check(ball, (drawn) => {
      const [lower, upper] = boxOf(drawn);
      const { x, eps, range } = drawn;
      const belongs = (y: number) =>
        Number.isFinite(y) && range[0] <= y && y <= range[1] && within(y, x, eps);
      expect([lower, upper].map(belongs)).toEqual([true, true]);
      expect([nextDown(lower), nextUp(upper)].map(belongs)).toEqual([false, false]);
      expect(lower <= x && x <= upper).toBe(true);
    });
  });

  test('leaves out a number that only rounding puts within epsilon', () => {
    // 1 - (2^-24 - 2^-77) lies above 1 - 2^-24, but rounds to it in float64.
    const range = [0, 2] as const;
    expect(boxOf({ x: 1, eps: 2 ** -24 - 2 ** -77, range })).toEqual([1, 1]);
    expect(boxOf({ x: 1, eps: 2 ** -24, range })).toEqual([1 - 2 ** -24, 1]);
  });

  test('has one instance and one seed per row, each element with its own range', () => {
    const rows = dataset([0, 5, 1, 6], [2, 2]);
    const set = boxesAround(rows, 7, 2, {
      ranges: [
        [0, 1],
        [4, 9],
      ],
    });
    expect({ shape: set.shape, size: set.size }).toEqual({ shape: [2], size: 2 });
    expect([...set.lower.data]).toEqual([0, 4, 0, 4]);
    expect([...set.upper.data]).toEqual([1, 7, 1, 8]);
    expect([...set.instanceOf]).toEqual([0, 1]);
    expect([...set.rowOf]).toEqual([7, 8]);
    expect(set.seeds).toBe(rows.inputs);
  });
});

describe('wholeRange', () => {
  test('is one box, and its seeds lie inside', () => {
    check(fc.array(fc.tuple(finite32, finite32), { minLength: 1, maxLength: 5 }), (pairs) => {
      const ranges = pairs.map(([a, b]) => ordered(a, b));
      const set = wholeRange([ranges.length], { ranges }, undefined, 0);
      expect([...set.lower.data]).toEqual(ranges.map(([low]) => low));
      expect([...set.upper.data]).toEqual(ranges.map(([, high]) => high));
      const inside = [...set.seeds.data].every((seed, at) => {
        const [low, high] = ranges[at] ?? [Number.NaN, Number.NaN];
        return low <= seed && seed <= high;
      });
      expect(inside).toBe(true);
      expect([...set.rowOf]).toEqual([-1]);
    });
  });

  test('starts from the data rows where there are any', () => {
    const set = wholeRange([2], { ranges: [[0, 9]] }, dataset([1, 2, 3, 4, 5, 6], [3, 2]), 4);
    expect(set.lower.shape).toEqual([1, 2]);
    expect([...set.instanceOf]).toEqual([0, 0, 0]);
    expect([...set.rowOf]).toEqual([4, 5, 6]);
  });
});

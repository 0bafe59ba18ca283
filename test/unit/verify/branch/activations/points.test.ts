// Where parts are cut: intervals of children cover that of the parent, and later points take the place of earlier ones.
import { expect, test } from 'vitest';
import { pointsIn } from '../../../../../src/verify/branch/activations/points.js';
import { childrenOf, type Subproblem } from '../../../../../src/verify/branch/activations/subproblem.js';

/** Place 1 is a kink; 2 and 3 are the two of a neuron in [-2, 6] that is cut anywhere. */
const space = {
  isCut: [false, false, true, false],
  lower: Float32Array.of(0, -1, -2, -2),
  upper: Float32Array.of(0, 1, 6, 6),
};

const whole: Subproblem = {
  disjunct: 0,
  row: 0,
  bound: -1,
  splits: new Int32Array(),
  points: new Float32Array(),
  multipliers: new Float32Array(),
  slopes: new Uint8Array(4),
  candidates: new Int32Array(),
  candidatePoints: new Float32Array(),
};

const at = (part: Subproblem, place: number, point: number): Subproblem => ({
  ...part,
  candidates: Int32Array.of(place),
  candidatePoints: Float32Array.of(point),
});
const points = (part: Subproblem) => pointsIn(space, part);

test('points worth trying: the middle, 0, and where the bound is least unless that is close to an end', () => {
  expect(points(whole).of(2, 4)).toEqual([2, 0, 4]);
  expect(points(whole).of(2, 5.9)).toEqual([2, 0]);
  expect(points(whole).of(1, 0.3)).toEqual([0]);
});

test('children are on both sides of the point; a kink is split once, other neurons again and again', () => {
  const [above, below] = childrenOf(space, at(whole, 2, 2), 1);
  if (above === undefined || below === undefined) throw new Error('two children');
  expect([points(above).ends(2), points(below).ends(2)]).toEqual([
    [2, 6],
    [-2, 2],
  ]);
  const [upper, middle] = childrenOf(space, at({ ...above, multipliers: Float32Array.of(0.5) }, 2, 4), 1);
  expect([...(upper?.splits ?? [])]).toEqual([2]);
  expect([...(upper?.points ?? [])]).toEqual([4]);
  expect([...(upper?.multipliers ?? [])]).toEqual([0.5]);
  expect([...(middle?.splits ?? [])]).toEqual([2, -3]);
  expect([...(middle?.points ?? [])]).toEqual([2, 4]);
  const [positive] = childrenOf(space, at(whole, 1, 0), 1);
  expect(points(whole).isOpen(1)).toBe(true);
  expect(points(positive ?? whole).isOpen(1)).toBe(false);
  expect([points(above).isOpen(2), points(above).isOpen(3)]).toEqual([true, false]);
});

test('an interval that halving made too narrow is left alone', () => {
  let part = whole;
  for (let depth = 0; points(part).isOpen(2); depth++) {
    expect(depth).toBeLessThan(20);
    const [point = 0] = points(part).of(2, 0);
    part = childrenOf(space, at(part, 2, point), 1)[0] ?? part;
  }
  const [least = 0, most = 0] = points(part).ends(2) ?? [];
  expect(most - least).toBeGreaterThan(0);
  expect(most - least).toBeLessThanOrEqual(8 * 2 ** -12);
});

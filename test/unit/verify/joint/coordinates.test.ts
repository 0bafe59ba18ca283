// How inputs are tied, and what box of coordinates stands for a box of inputs.
import { describe, expect, test } from 'vitest';
import { parseVnnlib } from '../../../../src/policy/vnnlib/parse.js';
import { coordinateBox } from '../../../../src/verify/joint/boxes.js';
import { coordinatesOf } from '../../../../src/verify/joint/coordinates.js';
import { jointDisjuncts } from '../../../../src/verify/joint/disjuncts.js';
import { pointMaker } from '../../../../src/verify/joint/point.js';
import { between, twoNetworks } from '../../../helpers/joint.js';

const unit = ['X[0,0]', 'X[0,1]', 'Z[0,0]', 'Z[0,1]'].map((element) => between(element, -1, 1));
const tied = (...assertions: string[]) => {
  const { disjuncts } = parseVnnlib(twoNetworks(2, 1, '', ...unit, ...assertions), 'p');
  const coordinates = coordinatesOf(disjuncts, 4);
  const boxes = disjuncts.map((disjunct) => coordinateBox(disjunct, coordinates));
  return {
    disjuncts,
    coordinates,
    boxes,
    joint: jointDisjuncts(disjuncts, coordinates, Int32Array.of(0, 1)),
  };
};
const sources = (...assertions: string[]) =>
  tied(...assertions).coordinates.sources.map(({ base, offset }) =>
    offset === undefined ? `${base}` : `${base}+${offset}`,
  );

describe('coordinates', () => {
  test.each<[string, string[], string[]]>([
    ['nothing is tied', [], ['0', '1', '2', '3']],
    ['equal inputs share one', ['(== X[0,0] Z[0,0])'], ['0', '1', '0', '2']],
    ['equality is passed on', ['(== X[0,0] Z[0,1])', '(== Z[0,1] X[0,1])'], ['0', '0', '1', '0']],
    ['two orders are an equality', ['(<= X[0,1] Z[0,1])', '(>= X[0,1] Z[0,1])'], ['0', '1', '2', '1']],
    [
      'a strict order and its opposite are none',
      ['(< X[0,1] Z[0,1])', '(>= X[0,1] Z[0,1])'],
      ['0', '1', '2', '1+3'],
    ],
    ['an order is a difference', ['(<= Z[0,0] X[0,0])'], ['0', '1', '0+2', '3']],
    ['limits that say nothing are none', ['(<= Z[0,0] (+ X[0,0] 2))'], ['0', '1', '2', '3']],
    [
      'of a chain the first pair counts',
      ['(<= X[0,0] Z[0,0])', '(<= Z[0,0] Z[0,1])'],
      ['0', '1', '0+2', '3'],
    ],
    ['two may be near one', ['(<= X[0,0] Z[0,0])', '(<= X[0,0] Z[0,1])'], ['0', '1', '0+2', '0+3']],
    ['a sum is no difference', ['(<= (+ X[0,0] Z[0,0]) 0)'], ['0', '1', '2', '3']],
    ['nor are other coefficients', ['(<= (* 2 X[0,0]) Z[0,0])'], ['0', '1', '2', '3']],
    ['what one disjunct says', ['(or (== X[0,0] Z[0,0]) (<= Y[0,0] 0))'], ['0', '1', '2', '3']],
    [
      'what all disjuncts say',
      ['(== X[0,0] Z[0,0])', '(or (<= Y[0,0] 0) (>= Y[0,0] 1))'],
      ['0', '1', '0', '2'],
    ],
    ['contradictory limits', ['(<= X[0,0] (- Z[0,0] 0.5))', '(>= X[0,0] Z[0,0])'], ['0', '1', '2', '3']],
  ])('%s', (_, assertions, expected) => {
    expect(sources(...assertions)).toEqual(expected);
  });
});

describe('boxes', () => {
  test('shared inputs lie in both bounds', () => {
    const { boxes } = tied('(== X[0,0] Z[0,0])', '(<= Z[0,0] 0.5)', '(>= X[0,0] 0.25)');
    expect([boxes[0]?.lower[0], boxes[0]?.upper[0], boxes[0]?.isEmpty]).toEqual([0.25, 0.5, false]);
    expect(tied('(== X[0,0] Z[0,0])', '(<= Z[0,0] 0)', '(>= X[0,0] 0.25)').boxes[0]?.isEmpty).toBe(true);
  });

  test('bounds that differ in float64 alone share their float32', () => {
    const near = tied('(== X[0,0] Z[0,0])', '(== X[0,0] 0.1)', '(== Z[0,0] 0.10000000001)').boxes[0];
    expect(near?.isEmpty).toBe(false);
    expect(near?.lower[0]).toBeLessThanOrEqual(Math.fround(0.1));
    expect(near?.upper[0]).toBeGreaterThanOrEqual(Math.fround(0.1));
  });

  test('a difference has its limits and those of the bounds, rounded outward by little', () => {
    const [box] = tied('(<= Z[0,0] X[0,0])', '(>= X[0,0] 0.5)').boxes;
    expect(box?.lower[2]).toBeLessThanOrEqual(-2);
    expect(box?.lower[2]).toBeCloseTo(-2, 12);
    expect(box?.upper[2]).toBeGreaterThanOrEqual(0);
    expect(box?.upper[2]).toBeCloseTo(0, 12);
  });

  test('an input that the sum may carry out of its bounds has them as rows', () => {
    const [disjunct] = tied('(<= Z[0,0] X[0,0])', '(>= Z[0,0] (- X[0,0] 0.5))').joint;
    expect(
      disjunct?.constraints.map(({ inputs, bound }) => [
        [...inputs.indices],
        [...inputs.coefficients],
        bound,
      ]),
    ).toEqual([[[0, 2], [-1, -1], 1]]);
  });
});

describe('constraints', () => {
  const rowsOf = (...assertions: string[]) =>
    tied(...assertions).joint[0]?.constraints.map(({ inputs, outputs, bound }) => ({
      x: Object.fromEntries(Array.from(inputs.indices, (index, at) => [index, inputs.coefficients[at]])),
      y: Object.fromEntries(Array.from(outputs.indices, (index, at) => [index, outputs.coefficients[at]])),
      bound,
    }));

  test('terms of shared inputs add up, those of differences are both', () => {
    expect(rowsOf('(== X[0,0] Z[0,0])', '(<= (+ (* 2 X[0,0]) (* 3 Z[0,0]) Y[0,0]) 1)')).toEqual([
      { x: { 0: 5 }, y: { 0: 1 }, bound: 1 },
    ]);
    expect(rowsOf('(<= Z[0,0] X[0,0])', '(<= (+ (* 3 Z[0,0]) Y[0,0]) 1)')?.at(0)).toEqual({
      x: { 0: 3, 2: 3 },
      y: { 0: 1 },
      bound: 1,
    });
  });

  test('what is lost in adding coefficients is added to the bound', () => {
    const [row] = rowsOf('(== X[0,0] Z[0,0])', '(<= (+ (* 0.1 X[0,0]) (* 1e10 Z[0,0]) Y[0,0]) 1)') ?? [];
    const lost = Math.abs(1e10 + 0.1 - 1e10 - 0.1);
    expect(row?.x).toEqual({ 0: 1e10 + 0.1 });
    expect(row?.bound).toBeGreaterThanOrEqual(1 + lost);
    expect(row?.bound).toBeLessThan(1 + 2 * lost + 1e-9);
  });

  test('what cannot be satisfied makes the disjunct a row that nothing satisfies', () => {
    const { joint, boxes } = tied('(== X[0,0] Z[0,0])', '(< X[0,0] Z[0,0])', '(<= Y[0,0] 0)');
    const [row, ...others] = joint[0]?.constraints ?? [];
    expect(others).toEqual([]);
    expect([...(row?.inputs.indices ?? [])]).toEqual([0]);
    expect(row?.bound).toBeLessThan(boxes[0]?.lower[0] ?? 0);
  });
});

test('points are float32 inputs that keep the ties', () => {
  const { disjuncts, coordinates } = tied(
    '(< Z[0,0] X[0,0])',
    '(>= Z[0,0] (- X[0,0] 0.1))',
    '(== X[0,1] Z[0,1])',
  );
  const point = pointMaker(disjuncts, coordinates);
  for (const [x, difference] of [
    [1, 0],
    [-0.3, 1e-12],
    [0.7, -0.099_999_994],
    [0.123_456_7, -0.099_999_994],
  ] as const) {
    const [a = 0, b, c = 0, d] = point(0, Float32Array.of(x, 0.25, difference));
    expect(c).toBeLessThan(a);
    expect(c).toBeGreaterThanOrEqual(a - 0.1);
    expect([b, d]).toEqual([0.25, 0.25]);
  }
});

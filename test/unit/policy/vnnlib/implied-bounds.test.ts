// Inputs that a file bounds only through other inputs.
import { expect, test } from 'vitest';
import { parseVnnlib } from '../../../../src/policy/vnnlib/parse.js';
import { Draw } from '../../../helpers/draw.js';

const declared =
  '(vnnlib-version <2.0>)(declare-network f (declare-input X real [2]) (declare-output Y real [1]))' +
  '(declare-network g (equal-to f) (declare-input Z real [2]) (declare-output W real [1]))' +
  '(assert (and (<= X[0] 0.3) (>= X[0] -1.0) (== X[1] 0.1)))';
const boxes = (...assertions: string[]) =>
  parseVnnlib(`${declared}${assertions.map((each) => `(assert ${each})`).join('')}`, 'p').disjuncts.map(
    ({ lower, upper }) => Array.from(lower, (low, at) => [low, upper[at]]),
  );

test('equal inputs have exactly equal bounds', () => {
  expect(boxes('(== Z[0] X[0])', '(== X[1] Z[1])')).toEqual([
    [
      [-1, 0.3],
      [0.1, 0.1],
      [-1, 0.3],
      [0.1, 0.1],
    ],
  ]);
});

test('an order bounds one side, chains are followed whatever their order', () => {
  expect(boxes('(<= Z[1] Z[0])', '(>= Z[1] -2)', '(<= Z[0] X[0])', '(>= Z[0] Z[1])')[0]?.slice(2)).toEqual([
    [-2, 0.3],
    [-2, 0.3],
  ]);
});

test('a distance bounds both sides, rounded outward', () => {
  const near = '(and (<= (- Z[0] X[0]) 0.1) (<= (- X[0] Z[0]) 0.1) (== Z[1] 0))';
  const [, , [low = 0, high = 0] = []] = boxes(near)[0] ?? [];
  expect(low).toBeLessThanOrEqual(-1.1);
  expect(low).toBeGreaterThan(-1.1 - 1e-14);
  expect(high).toBeGreaterThanOrEqual(0.3 + 0.1);
  expect(high).toBeLessThan(0.4 + 1e-14);
});

test('each disjunct fills its own box', () => {
  const either = '(or (and (<= X[0] 0.2) (== Z[0] X[0])) (and (>= X[0] 0) (== Z[0] X[0])))';
  expect(boxes(either, '(== Z[1] X[1])').map((box) => box[2])).toEqual([
    [-1, 0.2],
    [0, 0.3],
  ]);
});

test('what a chain of constraints does not bound is named', () => {
  expect(() => boxes('(<= Z[0] X[0])', '(== Z[1] X[1])')).toThrow(/Z\[0\] has no lower bound/);
  expect(() => boxes('(<= Z[0] Y[0])', '(>= Z[0] 0)', '(== Z[1] 0)')).toThrow(/Z\[0\] has no upper bound/);
});

test('no point that satisfies the constraints is lost', () => {
  const draw = new Draw(11);
  for (let round = 0; round < 200; round++) {
    const [a, b, c] = [draw.uniform() - 0.5, draw.uniform() + 0.1, draw.uniform() - 0.5];
    const sum = `(+ (* ${a} X[0]) (* ${b} Z[0]))`;
    const [, , [low = 0, high = 0] = []] =
      boxes(`(<= ${sum} ${c})`, `(>= ${sum} ${c - 1})`, '(== Z[1] X[1])')[0] ?? [];
    for (let sample = 0; sample < 20; sample++) {
      const x = -1 + 1.3 * draw.uniform();
      const target = c - draw.uniform();
      const z = (target - a * x) / b;
      expect(z).toBeGreaterThanOrEqual(low);
      expect(z).toBeLessThanOrEqual(high);
    }
  }
});

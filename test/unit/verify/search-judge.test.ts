// How near points are to violating their disjuncts, by hand and against sums in another order.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Disjunct, LinearConstraint, Terms } from '../../../src/policy/vnnlib/property.js';
import { greatestRows } from '../../../src/verify/search/judge.js';
import { tableOf } from '../../../src/verify/search/table.js';

const sparse = (terms: readonly (readonly [number, number])[]): Terms => ({
  indices: Int32Array.from(terms, ([index]) => index),
  coefficients: Float64Array.from(terms, ([, coefficient]) => coefficient),
});

const disjunctOf = (constraints: readonly Omit<LinearConstraint, 'strict'>[]): Disjunct => ({
  constraints: constraints.map((constraint) => ({ ...constraint, strict: false })),
  lower: new Float64Array(2),
  upper: new Float64Array(2),
});

const judge = (
  disjuncts: readonly Disjunct[],
  points: readonly number[][],
  results: readonly number[][],
  targets: number[],
) =>
  Array.from(
    greatestRows(tableOf(disjuncts, results[0]?.length ?? 0), {
      points: Float32Array.from(points.flat()),
      results: Float32Array.from(results.flat()),
      targets: Int32Array.from(targets),
    }),
  );

describe('rows of a disjunct', () => {
  const output = disjunctOf([
    { outputs: sparse([[1, 2]]), inputs: sparse([]), bound: 3 },
    { outputs: sparse([[0, -1]]), inputs: sparse([[1, 4]]), bound: -1 },
  ]);
  const input = disjunctOf([{ outputs: sparse([]), inputs: sparse([[0, 1]]), bound: 0.5 }]);

  test('the greatest one counts, of outputs and inputs, each point by its own disjunct', () => {
    const points = [
      [0.25, 0.5],
      [0.75, 0],
      [0.25, 0.5],
    ];
    const results = [
      [1, 5],
      [7, 7],
      [9, 0],
    ];
    // 2 * 5 - 3 and -1 + 4 * 0.5 + 1; 0.75 - 0.5; -3 and -9 + 2 + 1.
    expect(judge([output, input], points, results, [0, 1, 0])).toEqual([7, 0.25, -3]);
  });

  test('what is no number is none, whichever row comes first', () => {
    expect(judge([output], [[0, 0]], [[0, Number.NaN]], [0])).toEqual([Number.NaN]);
    expect(judge([output], [[0, 0]], [[Number.NaN, 0]], [0])).toEqual([Number.NaN]);
    expect(judge([input], [[0.5, 0]], [[Number.NaN, Number.NaN]], [0])).toEqual([0]);
  });
});

test('margins are those of the property, whatever rows are missing', () => {
  const number = fc.integer({ min: -8, max: 8 });
  const terms = fc.uniqueArray(fc.tuple(fc.nat(2), number), { maxLength: 3, selector: ([index]) => index });
  const constraint = fc.record({ outputs: terms, inputs: terms, bound: number });
  const disjunct = fc.array(constraint, { minLength: 1, maxLength: 3 });
  const row = fc.array(number, { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(fc.array(disjunct, { minLength: 1, maxLength: 4 }), row, row, (all, x, y) => {
      const disjuncts = all.map((rows) =>
        disjunctOf(
          rows.map(({ outputs, inputs, bound }) => ({
            outputs: sparse(outputs),
            inputs: sparse(inputs),
            bound,
          })),
        ),
      );
      const targets = all.map((_, at) => at);
      const found = judge(
        disjuncts,
        all.map(() => x),
        all.map(() => y),
        targets,
      );
      const dot = (pairs: readonly [number, number][], values: readonly number[]) =>
        pairs.reduce((sum, [index, coefficient]) => sum + coefficient * (values[index] ?? 0), 0);
      const expected = all.map((rows) =>
        Math.max(...rows.map(({ outputs, inputs, bound }) => dot(inputs, x) + dot(outputs, y) - bound)),
      );
      // + 0: sums may be -0.
      expect(found.map((margin) => margin + 0)).toEqual(expected.map((margin) => margin + 0));
    }),
  );
});

// Assertions as linear cases, and as they are judged: the same as their meaning in exact fractions, whatever they are made of.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate, type Observed } from '../../../src/policy/expression/evaluate.js';
import { NotLinear } from '../../../src/policy/expression/linear.js';
import { formulaOf } from '../../../src/policy/expression/normal.js';
import { parseExpression } from '../../../src/policy/expression/parse.js';
import { printCondition } from '../../../src/policy/expression/print.js';
import type { Condition } from '../../../src/policy/expression/syntax.js';
import { Comparisons, type Formula } from '../../../src/policy/vnnlib/formula.js';
import { inFractions, truthOf, violates } from '../../helpers/assertion-reference.js';
import { effort, SEED } from '../../helpers/laws.js';
import { isLess, plus, type Rational, rational, times } from '../../helpers/rational.js';
import { conditions } from '../fuzz/expressions.js';

const size = 3;
const value = fc.constantFrom(0, 1, 1, 2, -1, 0.5, -3, 0.1, Math.fround(0.1), 2 ** 40);
const vector = fc.array(value, { minLength: size, maxLength: size });
const observed: fc.Arbitrary<Observed> = fc.record({
  x: vector,
  y: vector,
  row: vector,
  label: fc.nat(size - 1),
  predicted: fc.nat(size - 1),
});

/** Whether a formula holds of a point, exactly. */
function holdsAt(formula: Formula, table: Comparisons, { x, y }: Observed): boolean {
  if (typeof formula !== 'number') {
    const parts = formula.parts.map((part) => holdsAt(part, table, { x, y, label: 0 }));
    return formula.join === 'and' ? parts.every(Boolean) : parts.some(Boolean);
  }
  const [side = 0, number = 0] = [table.sides[formula], table.values[formula]];
  if (side > 0) return (x[side - 1] ?? Number.NaN) <= number;
  if (side < 0) return (x[-side - 1] ?? Number.NaN) >= number;
  const constraint = table.constraints[number];
  if (constraint === undefined) throw new Error('no constraint');
  const sum = ([terms, values]: [typeof constraint.inputs, ArrayLike<number>]): Rational =>
    Array.from(terms.indices, (index, at) =>
      times(rational(terms.coefficients[at] ?? 0), rational(values[index] ?? 0)),
    ).reduce(plus, rational(0));
  const [total, bound] = [
    plus(sum([constraint.inputs, x]), sum([constraint.outputs, y])),
    rational(constraint.bound),
  ];
  return isLess(total, bound) || (!constraint.strict && !isLess(bound, total));
}

function linearised(condition: Condition, wanted: boolean, { label, predicted, row }: Observed) {
  const table = new Comparisons();
  try {
    const fixed = { sizes: { x: size, y: size }, label, predicted, row };
    return { table, formula: formulaOf(condition, wanted, fixed, table) };
  } catch (error) {
    if (error instanceof NotLinear) return undefined;
    throw error;
  }
}

test('linear cases are where the condition is true, or false', () => {
  let [linear, holding, all] = [0, 0, 0];
  fc.assert(
    fc.property(
      conditions(size, true),
      fc.array(observed, { minLength: 8, maxLength: 8 }),
      fc.boolean(),
      (condition, rows, wanted) => {
        for (const row of rows) {
          all++;
          const found = linearised(condition, wanted, row);
          if (found === undefined) continue;
          linear++;
          const expected = truthOf(condition, row, inFractions) === wanted;
          expect(holdsAt(found.formula, found.table, row)).toBe(expected);
          if (expected) holding++;
        }
      },
    ),
    { seed: SEED, numRuns: effort(600) },
  );
  expect(linear).toBeGreaterThan(all / 3);
  expect(Math.min(holding, linear - holding)).toBeGreaterThan(linear / 10);
});

test('a bound that is no float64 is rounded away from what is safe', () => {
  const table = new Comparisons();
  const fixed = { sizes: { x: 2, y: 2 }, label: 0 };
  const { assertion } = parseExpression('(y[0] + y[1]) / 3 <= 0.1');
  // y0 + y1 > 3 * 0.1, of which the neighbours in float64 are 0.30000000000000004 and 0.3.
  formulaOf(assertion, false, fixed, table);
  const [constraint] = table.constraints;
  expect(constraint).toMatchObject({ strict: true, bound: -0.30000000000000004 + 2 ** -54 });
  expect(Array.from(constraint?.outputs.coefficients ?? [])).toEqual([-1, -1]);
});

test('what is judged is exact: the same as in fractions', () => {
  let [violated, all] = [0, 0];
  fc.assert(
    fc.property(
      conditions(size, true),
      fc.array(observed, { minLength: 8, maxLength: 8 }),
      (condition, rows) => {
        for (const row of rows) {
          // By zero there is an infinity where fractions know nothing.
          let divides = false;
          const watching: typeof inFractions = {
            ...inFractions,
            divide: (a, b) => {
              divides ||= b.n === 0n;
              return inFractions.divide(a, b);
            },
          };
          const expected = violates(condition, row, watching);
          if (divides) continue;
          all++;
          if (expected) violated++;
          expect(evaluate({ text: '', assertion: condition }, row).violated).toBe(expected);
        }
      },
    ),
    { seed: SEED, numRuns: effort(400) },
  );
  expect(Math.min(violated, all - violated)).toBeGreaterThan(all / 10);
});

test('a finding’s text means the same without its row', () => {
  fc.assert(
    fc.property(conditions(size, true), observed, (condition, row) => {
      const text = printCondition(condition, row);
      const { x, y } = row;
      const plain = { x, y, label: 0 };
      expect(evaluate(parseExpression(text), plain)).toEqual(evaluate({ text, assertion: condition }, row));
    }),
    { seed: SEED, numRuns: effort(300) },
  );
});

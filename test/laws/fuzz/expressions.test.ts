// Expressions: the graph says what plain arithmetic says and texts are the trees that they print.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { float64 } from '../../../src/base/tensor.js';
import { encodeExpression, firstFalse } from '../../../src/fuzz/objectives/expression/encode.js';
import { evaluate, judgeExpression, type Observed } from '../../../src/policy/expression/evaluate.js';
import { parseExpression } from '../../../src/policy/expression/parse.js';
import { conjuncts, type Expression } from '../../../src/policy/expression/syntax.js';
import { Program } from '../../../src/program/program.js';
import { inFloat64, truthOf, violates } from '../../helpers/assertion-reference.js';
import { effort, holds, SEED } from '../../helpers/laws.js';
import { compute, result } from '../../helpers/programs.js';
import { conditions, observations, plainValues, printed } from './expressions.js';

/** The graph's answers of all rows; `first` is -1 where there is but one part. */
async function encoded(expression: Expression, rows: readonly Observed[], size: number) {
  const p = new Program();
  const inputs = {
    x: p.input('x', 'float64', ['batch', size]),
    y: p.input('y', 'float64', ['batch', size]),
    label: p.input('label', 'float64', ['batch']),
  };
  const first = firstFalse(p, expression, inputs);
  const outputs = { ...encodeExpression(p, expression, inputs), ...(first && { first }) };
  const stacked = (of: 'x' | 'y') =>
    float64(
      rows.flatMap((row) => Array.from(row[of])),
      [rows.length, size],
    );
  const feeds = { x: stacked('x'), y: stacked('y'), label: float64(rows.map(({ label }) => label)) };
  const results = await compute(p, outputs, feeds);
  const numbers = (name: string) => Array.from(result(results, name).data, Number);
  const firsts = first === undefined ? [] : numbers('first');
  const [violated, margin] = [numbers('violated'), numbers('margin')];
  return rows.map((_, row) => ({
    violated: violated[row] === 1,
    // Zeros of both signs are one margin.
    margin: (margin[row] ?? 0) + 0,
    first: firsts[row] ?? 0,
  }));
}

/** In float64, as the graph computes it. */
const evaluated = (expression: Expression, rows: readonly Observed[]) =>
  rows.map((row) => {
    const { margin } = evaluate(expression, row);
    const violated = violates(expression.assertion, row, inFloat64);
    const parts = conjuncts(expression.assertion);
    const first = Math.max(
      0,
      parts.findIndex((part) => truthOf(part, row, inFloat64) !== true),
    );
    return { violated, margin: margin + 0, first };
  });

/** The margin of what is judged exactly has the sign of that judgement. */
const unsigned = <T extends { readonly margin: number; readonly violated: boolean }>(
  rows: readonly T[],
  exact: readonly boolean[],
) => rows.map((row, at) => ({ ...row, margin: row.violated === exact[at] ? row.margin : 0 }));

const cases = (size: number, values: fc.Arbitrary<number>) =>
  fc.tuple(conditions(size), observations(size, values));

async function expectAlike(expression: Expression, rows: readonly Observed[], size: number): Promise<void> {
  const exact = rows.map((row) => evaluate(expression, row).violated);
  expect(unsigned(await encoded(expression, rows, size), exact)).toEqual(
    unsigned(evaluated(expression, rows), exact),
  );
}

describe('the graph against plain arithmetic: same answer, same margin, same first part that fails', () => {
  test('ties, zeros of both signs, infinities, NaN', () =>
    holds(
      cases(4, plainValues),
      async ([assertion, rows]) => {
        const expression = { text: '', assertion };
        await expectAlike(expression, rows, 4);
      },
      effort(300),
    ));

  // Two elements, because the order in which more are added up may round them differently.
  test('numbers of every size', () =>
    holds(
      cases(2, fc.double()),
      async ([assertion, rows]) => {
        const expression = { text: '', assertion };
        await expectAlike(expression, rows, 2);
      },
      effort(200),
    ));
});

test('the margin is never NaN; above zero it holds, below zero it does not', () => {
  let [above, below, zero] = [0, 0, 0];
  fc.assert(
    fc.property(cases(3, fc.oneof(plainValues, fc.double())), ([assertion, rows]) => {
      for (const row of rows) {
        const { violated, margin } = evaluate({ text: '', assertion }, row);
        expect(margin).not.toBeNaN();
        if (margin > 0) above++;
        else if (margin < 0) below++;
        else zero++;
        if (margin !== 0) expect(violated).toBe(margin < 0);
      }
    }),
    { seed: SEED, numRuns: 2000 },
  );
  // The law was tried on either side.
  expect(Math.min(above, below, zero)).toBeGreaterThan(1000);
});

describe('what an expression means', () => {
  const row: Observed = { x: [1, 2, 2], y: [5, 0.25, -1], label: 1 };
  const broken: Observed = { ...row, x: [1, Number.NaN, 2] };
  const truth = (text: string, observed = row) => !evaluate(parseExpression(text), observed).violated;

  test.each(['<', '<=', '>', '>=', '==', '!='])('NaN %s a number is false on either side', (operator) => {
    for (const side of ['x[1]', 'max(x)', 'sum(x)', 'argmin(x)', 'x[label]', 'max(1, x[1])', '0 / 0']) {
      expect([side, truth(`${side} ${operator} 1`, broken), truth(`1 ${operator} ${side}`, broken)]).toEqual([
        side,
        false,
        false,
      ]);
      expect(truth(`${side} ${operator} ${side}`, broken)).toBe(false);
      expect(truth(`not ${side} ${operator} 1`, broken)).toBe(false);
    }
  });

  test.each<[string, number, boolean]>([
    ['argmax(x) == 1', 0, true],
    ['argmax(x) == 2', 0, false],
    ['argmin(x) == 0', 1, true],
    ['x[label] > 1', 1, true],
    ['x[1] - x[0] >= 3', -2, false],
    ['x[0] < x[1] and x[1] < 2.5', 0.5, true],
    ['x[0] > 4 or x[1] > 1.5', 0.5, true],
    ['x[0] > 4 implies y[0] < 0', 3, true],
    ['not sum(x) > 5', 0, true],
    ['abs(-x[1]) == 2', 0, true],
    ['x[0] != 3', 2, true],
    ['max(x) < min(y[0], 4) * 2', 6, true],
    ['y[2] == 1', -2, false],
    ['label == 1', 0, true],
    ['2 > 1', 1, true],
  ])('%s: margin %d, %s', (text, margin, isTrue) => {
    const found = evaluate(parseExpression(text), row);
    expect({ ...found, margin: found.margin + 0 }).toEqual({ violated: !isTrue, margin });
  });

  test('replay tells margins that are no numbers as null', () => {
    const text = 'x[1] > 0';
    const told = { violated: true, margin: null, summary: 'x[1] > 0 does not hold' };
    expect(judgeExpression(parseExpression(text), broken)).toEqual(told);
    // Whatever the assertion speaks of.
    const nan = { ...row, y: [Number.NaN, 0, 1] };
    expect(judgeExpression(parseExpression('x[0] < 3'), nan)).toMatchObject({ violated: true, margin: null });
    expect(judgeExpression(parseExpression('x[0] < 3'), row)).toMatchObject({ violated: false, margin: 2 });
  });
});

describe('texts', () => {
  /** Places are those of the text, which trees do not have. */
  const tree = (text: string) =>
    JSON.parse(
      JSON.stringify(parseExpression(text).assertion, (key, value) => (key === 'place' ? 0 : value)),
    );

  test('a printed tree is read as the same tree, with as few brackets as can be', () => {
    fc.assert(
      fc.property(conditions(12), (assertion) => {
        expect(tree(printed(assertion))).toEqual(assertion);
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });

  test.each([
    ['1 < 2 implies 2 < 3 implies 3 < 4', '1 < 2 implies (2 < 3 implies 3 < 4)'],
    ['1 < 2 or 2 < 3 and 3 < 4', '1 < 2 or (2 < 3 and 3 < 4)'],
    ['1 < 2 or 2 < 3 implies 3 < 4 and 4 < 5', '(1 < 2 or 2 < 3) implies (3 < 4 and 4 < 5)'],
    ['not 1 < 2 and 2 < 3', '(not (1 < 2)) and 2 < 3'],
    ['not not 1 < 2', 'not (not (1 < 2))'],
    ['1 + 2 * 3 < 4 - 5 - 6', '(1 + (2 * 3)) < ((4 - 5) - 6)'],
    ['8 / 4 / 2 > -1 * 2', '((8 / 4) / 2) > ((-1) * 2)'],
    ['- -1 > -y[0] + 1', '(-(-1)) > ((-y[0]) + 1)'],
    ['1 < 2 && !(2 < 3) || 3 < 4 => 4 < 5', '((1 < 2 and not (2 < 3)) or 3 < 4) implies 4 < 5'],
    ['1<2\n\tand\u00a02<3', '1 < 2 and 2 < 3'],
    ['.5 < 1. and 1e3 > 1E-3', '0.5 < 1 and 1000 > 0.001'],
  ])('%s is %s', (text, bracketed) => {
    expect(tree(text)).toEqual(tree(bracketed));
    expect(parseExpression(text).text).toBe(text);
  });

  test.each([
    ['1 < 2 or 2 < 3 and 3 < 4', '(1 < 2 or 2 < 3) and 3 < 4'],
    ['8 - 4 - 2 > 0', '8 - (4 - 2) > 0'],
    ['-1 + 2 > 0', '-(1 + 2) > 0'],
    ['not 1 < 2 and 2 < 3', 'not (1 < 2 and 2 < 3)'],
  ])('%s is not %s', (text, other) => {
    expect(tree(text)).not.toEqual(tree(other));
  });
});

test('the longest sum that fits is no burden', async () => {
  const text = `${'1+'.repeat(998)}x[0] > 998`;
  const expression = parseExpression(text);
  const rows: Observed[] = [
    { x: [1], y: [0], label: 0 },
    { x: [0], y: [0], label: 0 },
  ];
  expect(evaluated(expression, rows).map(({ violated }) => violated)).toEqual([false, true]);
  expect((await encoded(expression, rows, 1)).map(({ violated }) => violated)).toEqual([false, true]);
});

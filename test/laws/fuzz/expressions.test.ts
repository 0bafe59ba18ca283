// Expressions: the graph says what plain arithmetic says, texts are the trees that they print, and mistakes are placed.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { float64, int64 } from '../../../src/base/tensor.js';
import { UserError } from '../../../src/base/user-error.js';
import { encodeExpression, firstFalse } from '../../../src/fuzz/objectives/expression/encode.js';
import {
  evaluate,
  firstFalse as firstFalseOf,
  judgeExpression,
  type Observed,
} from '../../../src/fuzz/objectives/expression/evaluate.js';
import { parseExpression } from '../../../src/fuzz/objectives/expression/parse.js';
import type { Expression } from '../../../src/fuzz/objectives/expression/syntax.js';
import { expression as expressionObjective } from '../../../src/fuzz/objectives/expression.js';
import { Program } from '../../../src/program/program.js';
import { holds, SEED } from '../../helpers/laws.js';
import { modelOf } from '../../helpers/models.js';
import { opened } from '../../helpers/opened.js';
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

const evaluated = (expression: Expression, rows: readonly Observed[]) =>
  rows.map((row) => {
    const { violated, margin } = evaluate(expression, row);
    return { violated, margin: margin + 0, first: firstFalseOf(expression, row) };
  });

const cases = (size: number, values: fc.Arbitrary<number>) =>
  fc.tuple(conditions(size), observations(size, values));

describe('the graph against plain arithmetic: same answer, same margin, same first part that fails', () => {
  test('ties, zeros of both signs, infinities, NaN', () =>
    holds(
      cases(4, plainValues),
      async ([assertion, rows]) => {
        const expression = { text: '', assertion };
        expect(await encoded(expression, rows, 4)).toEqual(evaluated(expression, rows));
      },
      250,
    ));

  // Two elements, because the order in which more are added up may round them differently.
  test('numbers of every size', () =>
    holds(
      cases(2, fc.double()),
      async ([assertion, rows]) => {
        const expression = { text: '', assertion };
        expect(await encoded(expression, rows, 2)).toEqual(evaluated(expression, rows));
      },
      150,
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
  const row: Observed = { x: [1, 2, 2], y: [5, Number.NaN, -1], label: 1 };
  const truth = (text: string, observed = row) => !evaluate(parseExpression(text), observed).violated;

  test.each(['<', '<=', '>', '>=', '==', '!='])('NaN %s a number is false on either side', (operator) => {
    for (const side of ['y[1]', 'max(y)', 'sum(y)', 'argmin(y)', 'y[label]', 'max(1, y[1])', '0 / 0']) {
      expect([side, truth(`${side} ${operator} 1`), truth(`1 ${operator} ${side}`)]).toEqual([
        side,
        false,
        false,
      ]);
      expect(truth(`${side} ${operator} ${side}`)).toBe(false);
      expect(truth(`not ${side} ${operator} 1`)).toBe(true);
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
    ['y[1] > 0', -Infinity, false],
    ['2 > 1', 1, true],
  ])('%s: margin %d, %s', (text, margin, isTrue) => {
    const found = evaluate(parseExpression(text), row);
    expect({ ...found, margin: found.margin + 0 }).toEqual({ violated: !isTrue, margin });
  });

  test('replay tells margins that are no numbers as null', () => {
    const text = 'y[1] > 0';
    const told = { violated: true, margin: null, summary: 'y[1] > 0 does not hold' };
    expect(judgeExpression(parseExpression(text), row)).toEqual(told);
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

/** @returns undefined where the text is right; whatever is thrown that is no user's error passes through */
function mistake(text: string): UserError | undefined {
  try {
    parseExpression(text);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

describe('mistakes', () => {
  test.each<[string, number, RegExp]>([
    ['', 1, /expected a number/],
    ['y[0]', 1, /neither true nor false/],
    ['y > 1', 1, /not the vector y/],
    ['y[0] > 1 and', 13, /found the end/],
    ['y[0] = 1', 6, /"=" means nothing/],
    ['y[0] > 1 )', 10, /cannot follow/],
    ['(y[0] > 1', 10, /bracket of column 1/],
    ['max(y[0] > 1', 13, /bracket of column 4/],
    ['1 < 2 < 3', 7, /chained/],
    ['argmx(y) == 1', 1, /"argmx" means nothing/],
    ['y[1.5] > 0', 3, /whole number/],
    ['y[-1] > 0', 3, /whole number/],
    ['y[0 > 0', 5, /expected "\]"/],
    ['max y > 0', 5, /is a function/],
    ['abs(y) > 0', 5, /not the vector/],
    ['sum(y[0]) > 0', 5, /one vector/],
    ['argmax(x, y) > 0', 11, /one vector/],
    ['max(x, 1) > 0', 5, /not the vector/],
    ['max() > 0', 5, /expected a number/],
    ['(1 < 2) == (2 < 3)', 9, /compares numbers/],
    ['1 and 2 < 3', 1, /conditions, not a number/],
    ['not 1', 5, /conditions, not a number/],
    ['-(1 < 2) > 0', 2, /not a condition/],
    ['y[0] ≤ 1', 6, /"≤" means nothing/],
    ['y[0] > 🙂', 8, /"🙂" means nothing/],
    ['1 < 2 and 🙂', 11, /"🙂"/],
  ])('%s: column %d', (text, column, problem) => {
    const error = mistake(text);
    expect(error).toMatchObject({ code: 'USAGE', details: { where: `expression: column ${column}` } });
    expect(error?.details.problem).toMatch(problem);
    expect(error?.details.hint).toBeTruthy();
  });

  test.each<[string, number, RegExp]>([
    ['x[1] > 0 and y[2] > 0', 14, /output "y" of 2 elements/],
    ['max(1, -abs(x[3])) > 0 implies 1 < 2', 13, /input "x" of 3 elements/],
  ])('%s: column %d is beyond the model', async (text, column, problem) => {
    const file = modelOf(['batch', 3], [['Slice', ['x', 'from', 'to', 'axes'], 'y']], {
      from: int64([0]),
      to: int64([2]),
      axes: int64([1]),
    });
    const { model } = await opened(file);
    const where = `expression: column ${column}`;
    const details = { where, problem: expect.stringMatching(problem), hint: expect.anything() };
    const error = expect.objectContaining({ code: 'USAGE', details: expect.objectContaining(details) });
    expect(() => expressionObjective(model, parseExpression(text))).toThrow(error);
    expect(() => expressionObjective(model, parseExpression('x[2] > y[1] or y[label] > 0'))).not.toThrow();
  });

  test('300 texts with slips of the fingers: a place inside the text, and never anything but a user’s error', () => {
    const slips = fc.tuple(
      conditions(3).map(printed),
      fc.nat(),
      fc.constantFrom('delete', 'insert', 'replace', 'cut', 'double'),
      fc.oneof(
        fc.constantFrom(...'()[]<>=!&|+-*/,.xy01e '),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      ),
    );
    let broken = 0;
    fc.assert(
      fc.property(slips, ([text, anywhere, slip, sign]) => {
        const at = anywhere % text.length;
        const [before, here, after] = [text.slice(0, at), text[at] ?? '', text.slice(at + 1)];
        const inside = { delete: '', insert: sign + here, replace: sign, cut: '', double: here + here }[slip];
        const wrong = slip === 'cut' ? before : `${before}${inside}${after}`;
        const { excerpt, where } = mistake(wrong)?.details ?? {};
        if (where === undefined) return;
        broken++;
        expect(excerpt?.line).toBe(wrong);
        expect(excerpt?.at).toBeGreaterThanOrEqual(0);
        expect(excerpt?.at).toBeLessThanOrEqual(wrong.length);
        expect(where).toMatch(/^expression: column \d+$/);
      }),
      { seed: SEED, numRuns: 600 },
    );
    expect(broken).toBeGreaterThanOrEqual(300);
  });

  test.each([
    ['brackets', `${'('.repeat(4000)}1 < 2${')'.repeat(4000)}`],
    ['signs', `${'-'.repeat(9000)}1 < 2`],
    ['negations', `${'not '.repeat(2000)}1 < 2`],
    ['implications', `${'1 < 2 => '.repeat(1000)}1 < 2`],
    ['terms', `${'1+'.repeat(1000)}1 > 2`],
    ['text', `1 < 2 ${' '.repeat(10_000)}`],
  ])('too many %s', (_, text) => {
    expect(mistake(text)).toMatchObject({ code: 'USAGE' });
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
});

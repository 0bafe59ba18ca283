// Mistakes in expressions: a user's error with a place inside the text, whatever the text.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { int64 } from '../../../src/base/tensor.js';
import { UserError } from '../../../src/base/user-error.js';
import { expression as expressionObjective } from '../../../src/fuzz/objectives/expression.js';
import { judgeExpression } from '../../../src/policy/expression/evaluate.js';
import { parseExpression } from '../../../src/policy/expression/parse.js';
import type { Expression } from '../../../src/policy/expression/syntax.js';
import { SEED } from '../../helpers/laws.js';
import { modelOf } from '../../helpers/models.js';
import { opened } from '../../helpers/opened.js';
import { conditions, printed } from './expressions.js';

/** Whatever is thrown that is no user's error passes through. */
function read(
  text: string,
): { expression: Expression; error?: never } | { expression?: never; error: UserError } {
  try {
    return { expression: parseExpression(text) };
  } catch (error) {
    if (error instanceof UserError) return { error };
    throw error;
  }
}

/** @returns undefined where the text is right */
const mistake = (text: string): UserError | undefined => read(text).error;

type Slip = { readonly anywhere: number; readonly how: string; readonly sign: string };

function withSlip(text: string, { anywhere, how, sign }: Slip): string {
  const at = anywhere % text.length;
  const [before, here, after] = [text.slice(0, at), text[at] ?? '', text.slice(at + 1)];
  if (how === 'cut') return before;
  const inside =
    how === 'insert' ? sign + here : how === 'replace' ? sign : how === 'double' ? here + here : '';
  return `${before}${inside}${after}`;
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
    ['1 < 2 > 3', 7, /chained/],
    ['1 != 2 != 3', 8, /chained/],
    ['argmax(y) == 1.5', 14, /class is compared with a number/],
    ['y[0] >= argmax(y)', 1, /class is compared with a number/],
    ['y[0] in top(3)', 1, /class is compared with a number/],
    ['label in y', 10, /expected top/],
    ['label in top(0)', 14, /whole number from 1/],
    ['predicted == 1', 1, /of a row of data/],
    ['row[0] < 1', 1, /of a row of data/],
    ['argmax(y) == "coc"', 14, /no class is named/],
    ['"speed" > 1', 1, /no input or output is named/],
    ['y[0] > "a', 8, /means nothing/],
    ['confidence(x) < 1', 12, /of the output/],
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
    ['1 < not 2 < 3', 5, /"not" cannot stand inside/],
    ['1 + !(2 < 3) > 0', 5, /"!" cannot stand inside/],
    ['arg max(y) == 1', 1, /"arg" means nothing/],
    ['y[0] > 1 && sume(y) > 1 )', 13, /"sume" means nothing/],
    ['y (0) > 1', 3, /"y" is no function/],
    ['label[0] == 1', 6, /"label" has no elements/],
    ['max(y', 6, /bracket of column 4, found the end/],
    ['y[', 3, /whole number.*the end/],
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

  test('2000 texts with slips of the fingers: a place inside the text, or a verdict of an input, and nothing else', () => {
    const slip = fc.record({
      anywhere: fc.nat(),
      how: fc.constantFrom('delete', 'insert', 'replace', 'cut', 'double'),
      sign: fc.oneof(
        fc.constantFrom(...'()[]<>=!&|+-*/,.xy01e '),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      ),
    });
    const texts = fc.tuple(conditions(3).map(printed), fc.array(slip, { minLength: 10, maxLength: 10 }));
    const observed = { x: [1, -0.5, 3], y: [0.25, 2, -7], label: 1 };
    const found = { broken: 0, violated: 0, holding: 0 };
    const look = (wrong: string) => {
      const { expression, error } = read(wrong);
      if (expression !== undefined) {
        found[judgeExpression(expression, observed).violated ? 'violated' : 'holding']++;
        return;
      }
      found.broken++;
      const { excerpt, where, problem } = error.details;
      const isInside = excerpt !== undefined && excerpt.at >= 0 && excerpt.at <= wrong.length;
      const isTold = excerpt?.line === wrong && /^expression: column \d+$/.test(where) && problem !== '';
      if (!isInside || !isTold) expect.fail(`${wrong}: ${JSON.stringify(error.details)}`);
    };
    fc.assert(
      fc.property(texts, ([text, slips]) => {
        for (const one of slips) look(withSlip(text, one));
      }),
      { seed: SEED, numRuns: 200 },
    );
    expect(found.broken + found.violated + found.holding).toBe(2000);
    expect(Math.min(found.broken, found.violated, found.holding)).toBeGreaterThan(50);
  });

  test.each([
    ['brackets', `${'('.repeat(4000)}1 < 2${')'.repeat(4000)}`],
    ['signs', `${'-'.repeat(9000)}1 < 2`],
    ['negations', `${'not '.repeat(2000)}1 < 2`],
    ['implications', `${'1 < 2 => '.repeat(1000)}1 < 2`],
    ['terms', `${'1+'.repeat(1000)}1 > 2`],
    ['text', `1 < 2 ${' '.repeat(10_000)}`],
    // What is tried again where a choice was wrong would take for ever here.
    ['brackets that are open', `${'max(1 + '.repeat(190)}!`],
    ['negations of brackets that are open', `${'not (1 < '.repeat(90)}]`],
  ])('too many %s', (_, text) => {
    expect(mistake(text)).toMatchObject({ code: 'USAGE' });
  });
});

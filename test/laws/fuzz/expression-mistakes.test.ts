// Mistakes in expressions: a user's error with a place inside the text, whatever the text.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { int64 } from '../../../src/base/tensor.js';
import { UserError } from '../../../src/base/user-error.js';
import { expression as expressionObjective } from '../../../src/fuzz/objectives/expression.js';
import { parseExpression } from '../../../src/policy/expression/parse.js';
import { SEED } from '../../helpers/laws.js';
import { modelOf } from '../../helpers/models.js';
import { opened } from '../../helpers/opened.js';
import { conditions, printed } from './expressions.js';

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
});

// The parser of expressions: made of its grammar as it is now, and what its limits leave room for.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { grammar } from '../../../.grammar.js';
import { parseExpression, printedLimits } from '../../../src/policy/expression/parse.js';
import { printCondition } from '../../../src/policy/expression/print.js';
import { functions } from '../../../src/policy/expression/typing/functions.js';
import { plainVocabulary } from '../../../src/policy/expression/vocabulary.js';

const generated = new URL('../../../src/policy/expression/generated/grammar.ts', import.meta.url);

test('is made of its grammar: run "npm run grammar"', () => {
  expect(readFileSync(generated, 'utf8')).toBe(grammar());
});

test.each(Object.keys(functions))('%s is a function of the grammar, too', (name) => {
  expect(() => parseExpression(`${name} > 1`)).toThrow(`"${name}" is a function`);
});

test.each<[string, (levels: number) => string]>([
  ['brackets', (levels) => `${'('.repeat(levels)}1 < 2${')'.repeat(levels)}`],
  ['calls', (levels) => `${'abs('.repeat(levels)}1${')'.repeat(levels)} < 2`],
  ['signs', (levels) => `${'-'.repeat(levels)}1 < 2`],
  ['negations', (levels) => `${'!'.repeat(levels)}(1 < 2)`],
])('199 %s within each other, and no more', (what, text) => {
  const fit = what === 'negations' ? 198 : 199;
  expect(() => parseExpression(text(fit))).not.toThrow();
  expect(() => parseExpression(text(fit + 1))).toThrow('too many parts within each other');
});

test('1000 operators, and no more, of one level or another', () => {
  const text = (count: number) => `1 < 2${' implies 1 < 2'.repeat((count - 2) / 2)} and 1`;
  expect(() => parseExpression(`${text(1000)} < 2`)).toThrow('more than 1000 operators');
  expect(() => parseExpression(`1 < 2${' implies 1 < 2'.repeat(499)} `)).not.toThrow();
});

test('what fits is read again with the numbers of a row, which have signs and brackets of their own', () => {
  const known = { ...plainVocabulary, given: ['row' as const] };
  const { assertion } = parseExpression(`${'-'.repeat(199)}row[0] < 1`, known);
  const text = printCondition(assertion, { row: [-5] });
  expect(text).toMatch(/^-+\(-5\) < 1$/);
  expect(parseExpression(text, plainVocabulary, printedLimits).assertion).toMatchObject({
    kind: 'comparison',
  });
});

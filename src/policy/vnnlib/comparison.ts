// (<= a b) and its like: bounds of an input, or linear constraints.
import { addExpression, type Resolve } from './arithmetic.js';
import { greatestWithin } from './float64.js';
import { type Comparisons, FALSE, type Formula, joined, TRUE } from './formula.js';
import { LinearForm, termsOf } from './linear-form.js';
import type { Scanner } from './scanner.js';

/** `=` is SMT-LIB's and VNN-LIB 1.0's, `==` and `!=` are VNN-LIB 2.0's. */
export const comparisons: ReadonlySet<string> = new Set(['<=', '>=', '<', '>', '=', '==', '!=']);

/** Reads the two sides and the closing parenthesis of a comparison that opened at `opened`. */
export function readComparison(
  scanner: Scanner,
  resolve: Resolve,
  operator: string,
  opened: number,
  table: Comparisons,
): Formula {
  const sum = new LinearForm();
  const hint = `write (${operator} a b)`;
  const turned = operator.startsWith('>');
  for (const scale of turned ? ([-1, 1] as const) : ([1, -1] as const)) {
    if (scanner.kind === 'end') throw scanner.unclosed(opened);
    if (scanner.kind === 'close') throw scanner.error(`"${operator}" compares two expressions`, hint, opened);
    addExpression(scanner, resolve, scale, sum);
  }
  scanner.close(opened, `"${operator}" compares two expressions`, hint);
  const form = sum.elements.length === 1 && sum.coefficients[0] !== 0 ? sum : sum.merged();
  if (!form.isFinite())
    throw scanner.error('numbers overflow in this comparison', 'use smaller numbers', opened);
  if (operator === '=' || operator === '==')
    return joined('and', [halfSpace(form, 1, false, table), halfSpace(form, -1, false, table)]);
  if (operator === '!=')
    return joined('or', [halfSpace(form, 1, true, table), halfSpace(form, -1, true, table)]);
  return halfSpace(form, 1, operator === '<' || operator === '>', table);
}

/** scale * form <= 0, or < 0. */
function halfSpace(form: LinearForm, scale: 1 | -1, strict: boolean, table: Comparisons): Formula {
  // Not negated where it is zero: -0 is no bound that anybody wrote.
  const bound = 0 - scale * form.constant;
  const [element = -1, second] = form.elements;
  const coefficient = scale * (form.coefficients[0] ?? 0);
  if (form.elements.length === 0) return (strict ? 0 < bound : 0 <= bound) ? TRUE : FALSE;
  if (second !== undefined || element < 0)
    return table.addConstraint({
      inputs: termsOf(form, 'inputs', scale, table.units),
      outputs: termsOf(form, 'outputs', scale, table.units),
      bound,
      strict,
    });
  const greatest = greatestWithin(bound, Math.abs(coefficient), strict);
  return coefficient > 0 ? table.addBound(element + 1, greatest) : table.addBound(-element - 1, 0 - greatest);
}

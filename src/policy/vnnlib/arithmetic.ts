// (+ ...), (- ...), (* ...), numbers and elements of variables: read as linear forms.
import { show, suggest } from '../suggest.js';
import { type Element, LinearForm } from './linear-form.js';
import type { Scanner } from './scanner.js';

/** What the declarations of a file know: the element that the word at hand names, taken with its indices if it has any. */
export type Resolve = (scanner: Scanner) => Element;

/** More levels than a person or a tool writes, and fewer than exhaust the stack. */
export const DEEPEST = 500;

export const tooDeep = (scanner: Scanner): Error =>
  scanner.error(`nested more than ${DEEPEST} levels deep`, 'flatten the expression: (+ a b c), (and a b c)');

const usage = 'an expression is a number, a variable, or (+ a b ...), (- a b ...), (* a b ...)';
const numeral = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

/** Reads one expression, and adds `scale` times it to `sum`. */
export function addExpression(
  scanner: Scanner,
  resolve: Resolve,
  scale: 1 | -1,
  sum: LinearForm,
  depth = 0,
): void {
  if (scanner.kind === 'word') {
    if (isNumber(scanner)) sum.constant += scale * takeNumber(scanner);
    else sum.add(resolve(scanner), scale);
  } else if (scanner.kind === 'open') addOperation(scanner, resolve, scale, sum, depth);
  else throw scanner.error(`expected an expression, found ${scanner.shown()}`, usage);
}

function addOperation(
  scanner: Scanner,
  resolve: Resolve,
  scale: 1 | -1,
  sum: LinearForm,
  depth: number,
): void {
  if (depth > DEEPEST) throw tooDeep(scanner);
  const opened = scanner.open('an expression', usage);
  const place = scanner.start;
  const operator = scanner.take('+, - or *', usage);
  if (operator !== '+' && operator !== '-' && operator !== '*') {
    const known = suggest(operator, ['+', '-', '*'], 'expressions know');
    throw scanner.error(`unknown operator ${show(operator)}${known}`, usage, place);
  }
  if (!more(scanner, opened)) throw scanner.error(`"${operator}" without operands`, usage, opened);
  if (operator === '*') sum.addForm(product(scanner, resolve, opened, depth), scale);
  else {
    const others = operator === '+' ? scale : scale === 1 ? -1 : 1;
    const first = new LinearForm();
    addExpression(scanner, resolve, 1, first, depth + 1);
    // (- a) negates; (- a b c) is a - b - c.
    sum.addForm(first, more(scanner, opened) ? scale : others);
    while (more(scanner, opened)) addExpression(scanner, resolve, others, sum, depth + 1);
  }
  scanner.next();
}

/** Whether another operand follows. */
function more(scanner: Scanner, opened: number): boolean {
  if (scanner.kind === 'end') throw scanner.unclosed(opened);
  return scanner.kind !== 'close';
}

/** At most one factor may contain variables. */
function product(scanner: Scanner, resolve: Resolve, opened: number, depth: number): LinearForm {
  let result = new LinearForm();
  result.constant = 1;
  while (more(scanner, opened)) {
    const place = scanner.start;
    const factor = new LinearForm();
    addExpression(scanner, resolve, 1, factor, depth + 1);
    const [constant, linear] = factor.elements.length === 0 ? [factor, result] : [result, factor];
    if (constant.elements.length > 0) {
      const hint = 'only linear constraints are supported: all factors but one must be numbers';
      throw scanner.error('a product of variables', hint, place);
    }
    result = new LinearForm();
    result.addForm(linear, constant.constant);
  }
  return result;
}

/** Numbers begin with a digit, or with a sign or point before one. */
function isNumber(scanner: Scanner): boolean {
  const code = scanner.source.text.charCodeAt(scanner.start);
  return code < 58 && code > 42;
}

function takeNumber(scanner: Scanner): number {
  const word = scanner.word();
  const value = numeral.test(word) ? Number(word) : Number.NaN;
  if (Number.isNaN(value))
    throw scanner.error(`${scanner.shown()} is no number`, 'numbers are written like -12, 0.5 or 1e-3');
  if (!Number.isFinite(value))
    throw scanner.error(`${scanner.shown()} is too great`, 'the greatest number is about 1.8e308');
  scanner.next();
  return value;
}

// Text -> expression, by precedence climbing (Pratt, Top down operator precedence, 1973), with types checked on the way.
import { nearest } from '../../../policy/suggest.js';
import { columnOf, syntaxError } from './errors.js';
import type {
  ArithmeticOperator,
  Comparison,
  Condition,
  Expression,
  Numeric,
  Reduction,
  Vector,
} from './syntax.js';
import { type Token, tokens } from './tokens.js';

/** A part with its type and the place where it begins. */
type Part = { readonly place: number } & (
  | { readonly type: 'number'; readonly value: Numeric }
  | { readonly type: 'condition'; readonly value: Condition }
  | { readonly type: 'vector'; readonly value: Vector }
);

/** The greater, the tighter. `not` stands between `and` and comparisons, as in Python. */
const levels = [
  ['implies'],
  ['or'],
  ['and'],
  ['not'],
  ['<', '<=', '>', '>=', '==', '!='],
  ['+', '-'],
  ['*', '/'],
];
const precedences = new Map(levels.flatMap((level, at) => level.map((operator) => [operator, at] as const)));
const [ofNot, ofComparisons, ofMinus] = [3, 4, levels.length];

const functions = ['argmax', 'argmin', 'max', 'min', 'sum', 'abs'];
const words = ['x', 'y', 'label', 'and', 'or', 'not', 'implies', ...functions];

/** More parentheses within each other, operators and text would be a mistake, and exhaust the stack here and where trees are walked. */
const greatestDepth = 200;
const greatestOperators = 1000;
const greatestLength = 10_000;

/** @throws UserError USAGE with the column */
export function parseExpression(text: string): Expression {
  if (text.length > greatestLength)
    throw syntaxError(
      text.slice(0, 60),
      0,
      `more than ${greatestLength} characters`,
      'write a shorter assertion',
    );
  const whole = new Parser(text).whole();
  if (whole.type === 'condition') return { text, assertion: whole.value };
  const hint = 'compare it with another number: y[0] > 0.5';
  throw syntaxError(text, whole.place, `this is a ${whole.type}, which is neither true nor false`, hint);
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  #operators = 0;

  constructor(readonly text: string) {
    this.#tokens = tokens(text);
  }

  whole(): Part {
    const part = this.#part(0);
    const rest = this.#next();
    if (rest.kind !== 'end') throw this.#error(rest.place, `"${rest.text}" cannot follow here`);
    return part;
  }

  #part(least: number): Part {
    if (++this.#depth > greatestDepth)
      throw this.#error(this.#peek().place, 'too many parts within each other');
    let left = this.#prefix();
    for (;;) {
      const operator = this.#peek();
      const precedence = precedences.get(operator.text);
      if (precedence === undefined || precedence < least || precedence === ofNot) break;
      if (++this.#operators > greatestOperators)
        throw this.#error(operator.place, `more than ${greatestOperators} operators`);
      this.#next();
      // Implication is right-associative, everything else left-associative.
      const right = this.#part(operator.text === 'implies' ? precedence : precedence + 1);
      left = this.#joined(left, operator, right);
      if (precedence === ofComparisons) this.#refuseChain();
    }
    this.#depth--;
    return left;
  }

  #joined(left: Part, { text: operator, place }: Token, right: Part): Part {
    switch (operator) {
      case 'and':
      case 'or':
      case 'implies': {
        const sides = { left: this.#condition(left, operator), right: this.#condition(right, operator) };
        return { place: left.place, type: 'condition', value: { kind: operator, ...sides } };
      }
      case '+':
      case '-':
      case '*':
      case '/':
        return numberAt(
          left.place,
          arithmetic(operator, this.#number(left, operator), this.#number(right, operator)),
        );
      default: {
        this.#refuseConditions(left, right, place, operator);
        const sides = { left: this.#number(left, operator), right: this.#number(right, operator) };
        const value: Condition = { kind: 'comparison', operator: operator as Comparison, ...sides };
        return { place: left.place, type: 'condition', value };
      }
    }
  }

  #prefix(): Part {
    const token = this.#next();
    const { place, text, kind } = token;
    if (kind === 'number') return numberAt(place, { kind: 'number', value: Number(text) });
    if (text === '-') return numberAt(place, negative(this.#number(this.#part(ofMinus), '-')));
    if (text === 'not')
      return {
        place,
        type: 'condition',
        value: { kind: 'not', of: this.#condition(this.#part(ofNot), 'not') },
      };
    if (text === '(') {
      const inner = this.#part(0);
      this.#expect(')', place);
      return { ...inner, place };
    }
    if (text === 'label') return numberAt(place, { kind: 'label' });
    if (text === 'x' || text === 'y')
      return this.#peek().text === '[' ? this.#element(text, place) : { place, type: 'vector', value: text };
    if (functions.includes(text)) return this.#call(text, place);
    throw this.#unexpected(token);
  }

  #element(of: Vector, place: number): Part {
    const bracket = this.#next();
    const index = this.#next();
    const isIndex = index.kind === 'number' && /^\d+$/.test(index.text);
    if (!isIndex && index.text !== 'label')
      throw this.#error(
        index.place,
        `an index is a whole number or "label", not "${index.text}"`,
        `elements are counted from 0: ${of}[3]`,
      );
    this.#expect(']', bracket.place);
    return numberAt(place, { kind: 'element', of, index: isIndex ? Number(index.text) : 'label', place });
  }

  #call(name: string, place: number): Part {
    const bracket = this.#next();
    if (bracket.text !== '(') throw this.#error(bracket.place, `"${name}" is a function`, `write ${name}(y)`);
    const given = [this.#part(0)];
    while (this.#peek().text === ',') {
      this.#next();
      given.push(this.#part(0));
    }
    this.#expect(')', bracket.place);
    const [first, ...others] = given;
    if (first?.type === 'vector' && others.length === 0 && name !== 'abs')
      return numberAt(place, { kind: 'reduction', by: name as Reduction, of: first.value });
    if (name === 'abs' && first !== undefined && others.length === 0)
      return numberAt(place, { kind: 'abs', of: this.#number(first, name) });
    if (name === 'max' || name === 'min')
      return numberAt(place, {
        kind: 'extremum',
        by: name,
        of: given.map((part) => this.#number(part, name)),
      });
    const wanted = name === 'abs' ? 'one number' : 'one vector, x or y';
    throw this.#error((others[0] ?? first)?.place ?? place, `${name} takes ${wanted}`);
  }

  #number(part: Part, by: string): Numeric {
    if (part.type === 'number') return part.value;
    const found = part.type === 'vector' ? `the vector ${part.value}` : 'a condition';
    const hint =
      part.type === 'vector'
        ? `name an element, ${part.value}[0], or reduce it, max(${part.value})`
        : undefined;
    throw this.#error(part.place, `"${by}" takes numbers, not ${found}`, hint);
  }

  #condition(part: Part, by: string): Condition {
    if (part.type === 'condition') return part.value;
    const hint = 'compare it with another number: y[0] > 0.5';
    throw this.#error(part.place, `"${by}" takes conditions, not a ${part.type}`, hint);
  }

  #refuseConditions(left: Part, right: Part, place: number, operator: string): void {
    if (left.type !== 'condition' || right.type !== 'condition') return;
    const hint = 'to say that one follows from the other write "implies"';
    throw this.#error(place, `"${operator}" compares numbers, not conditions`, hint);
  }

  #refuseChain(): void {
    const { text, place } = this.#peek();
    if (precedences.get(text) === ofComparisons)
      throw this.#error(place, 'comparisons cannot be chained', 'write "a < b and b < c"');
  }

  #expect(sign: string, opened: number): void {
    const { text, place } = this.#next();
    if (text === sign) return;
    const bracket = `the bracket of column ${columnOf(this.text, opened)}`;
    throw this.#error(place, `expected "${sign}" for ${bracket}, found ${quoted(text)}`);
  }

  #unexpected({ kind, text, place }: Token): Error {
    if (kind !== 'word' || precedences.has(text))
      return this.#error(place, `expected a number, a vector or a condition, found ${quoted(text)}`);
    const guess = nearest(text, words);
    return this.#error(
      place,
      `"${text}" means nothing here`,
      guess === undefined ? `known are ${words.join(', ')}` : `did you mean "${guess}"?`,
    );
  }

  #peek = (): Token => this.#tokens[this.#at] ?? { kind: 'end', text: 'the end', place: this.text.length };

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #error = (place: number, problem: string, hint?: string) => syntaxError(this.text, place, problem, hint);
}

const numberAt = (place: number, value: Numeric): Part => ({ place, type: 'number', value });

const arithmetic = (operator: ArithmeticOperator, left: Numeric, right: Numeric): Numeric => ({
  kind: 'arithmetic',
  operator,
  left,
  right,
});

const negative = (of: Numeric): Numeric => ({ kind: 'negative', of });

const quoted = (text: string): string => (text === 'the end' ? text : `"${text}"`);

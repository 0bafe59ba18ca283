// Text -> expression, by precedence climbing (Pratt, Top down operator precedence, 1973), with types checked on the way.
import { nearest } from '../suggest.js';
import { columnOf, syntaxError } from './errors.js';
import type {
  ArithmeticOperator,
  Comparison,
  Condition,
  Expression,
  Numeric,
  Reduction,
  RowClass,
  Vector,
} from './syntax.js';
import { type Token, tokens } from './tokens.js';
import {
  BadName,
  classNamed,
  elementNamed,
  type Given,
  indexNamed,
  plainVocabulary,
  type Vocabulary,
} from './vocabulary.js';

/** A part with its type and the place where it begins. What a name means depends on what it is compared with. */
type Part = { readonly place: number } & (
  | { readonly type: 'number' | 'class'; readonly value: Numeric }
  | { readonly type: 'condition'; readonly value: Condition }
  | { readonly type: 'vector'; readonly value: Vector }
  | { readonly type: 'name'; readonly value: string }
  | { readonly type: 'greatest'; readonly value: number }
);

const nouns: Readonly<Record<Part['type'], string>> = {
  number: 'a number',
  class: 'a class',
  condition: 'a condition',
  vector: 'a vector',
  name: 'a name',
  greatest: 'the greatest outputs',
};

const comparisons = ['<', '<=', '>', '>=', '==', '!='];
/** The greater, the tighter. `not` stands between `and` and comparisons, as in Python. */
const levels = [['implies'], ['or'], ['and'], ['not'], [...comparisons, 'in'], ['+', '-'], ['*', '/']];
const precedences = new Map(levels.flatMap((level, at) => level.map((operator) => [operator, at] as const)));
const [ofNot, ofComparisons, ofMinus] = [3, 4, levels.length];

const vectors: Readonly<Record<string, Vector>> = { x: 'x', input: 'x', y: 'y', output: 'y' };
const functions = ['argmax', 'argmin', 'max', 'min', 'sum', 'confidence', 'abs', 'top'];
const rowWords: readonly Given[] = ['label', 'predicted', 'row'];
const words = [...Object.keys(vectors), ...rowWords, 'and', 'or', 'not', 'implies', 'in', ...functions];

/** More parentheses within each other, operators and text would be a mistake, and exhaust the stack here and where trees are walked. */
const greatestDepth = 200;

export type Limits = { readonly operators: number; readonly characters: number };
const limits = { operators: 1000, characters: 10_000 };
/** Of findings: an assumption and an assertion, with the numbers of a row for its names. */
export const printedLimits: Limits = { operators: 2500, characters: 2 ** 20 };

/** @throws UserError USAGE with the column */
export function parseExpression(
  text: string,
  vocabulary: Vocabulary = plainVocabulary,
  { operators, characters }: Limits = limits,
): Expression {
  if (text.length > characters)
    throw syntaxError(
      text.slice(0, 60),
      0,
      `more than ${characters} characters`,
      'write a shorter assertion',
    );
  const whole = new Parser(text, vocabulary, operators).whole();
  if (whole.type === 'condition') return { text, assertion: whole.value };
  const hint = 'compare it with another number: y[0] > 0.5';
  throw syntaxError(text, whole.place, `this is ${nouns[whole.type]}, which is neither true nor false`, hint);
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  #operators = 0;

  constructor(
    readonly text: string,
    readonly vocabulary: Vocabulary,
    readonly greatestOperators: number,
  ) {
    this.#tokens = tokens(text);
  }

  whole(): Part {
    const part = this.#part(0);
    const rest = this.#next();
    if (rest.kind !== 'end') throw this.#error(rest.place, `${quoted(rest)} cannot follow here`);
    return part;
  }

  #part(least: number): Part {
    if (++this.#depth > greatestDepth)
      throw this.#error(this.#peek().place, 'too many parts within each other');
    let left = this.#prefix();
    for (;;) {
      const operator = this.#peek();
      const precedence = operator.kind === 'string' ? undefined : precedences.get(operator.text);
      if (precedence === undefined || precedence < least || precedence === ofNot) break;
      this.#count(operator);
      this.#next();
      if (precedence === ofComparisons) left = this.#compared(left, operator);
      else {
        // Implication is right-associative, everything else left-associative.
        const right = this.#part(operator.text === 'implies' ? precedence : precedence + 1);
        left = this.#joined(left, operator, right);
      }
    }
    this.#depth--;
    return left;
  }

  #count({ place }: Token): void {
    if (++this.#operators > this.greatestOperators)
      throw this.#error(place, `more than ${this.greatestOperators} operators`);
  }

  #joined(left: Part, { text: operator }: Token, right: Part): Part {
    if (operator === 'and' || operator === 'or' || operator === 'implies') {
      const sides = { left: this.#condition(left, operator), right: this.#condition(right, operator) };
      return { place: left.place, type: 'condition', value: { kind: operator, ...sides } };
    }
    const sides = { left: this.#number(left, operator), right: this.#number(right, operator) };
    return numberAt(left.place, {
      kind: 'arithmetic',
      operator: operator as ArithmeticOperator,
      ...sides,
    });
  }

  /** `a <= b < c` is `a <= b and b < c`. */
  #compared(first: Part, operator: Token): Part {
    let [left, sign] = [first, operator];
    let chain: Condition | undefined;
    for (;;) {
      const right = this.#part(ofComparisons + 1);
      const value =
        sign.text === 'in' ? this.#member(left, sign, right) : this.#comparison(left, sign, right);
      chain = chain === undefined ? value : { kind: 'and', left: chain, right: value };
      const next = this.#peek();
      if (next.kind === 'string' || precedences.get(next.text) !== ofComparisons)
        return { place: first.place, type: 'condition', value: chain };
      this.#requireChain(sign, next);
      this.#count(next);
      this.#next();
      [left, sign] = [right, next];
    }
  }

  /** Comparisons of one direction: `a < b > c` and `a != b != c` say less than one thinks. */
  #requireChain({ text: before }: Token, { text, place }: Token): void {
    const direction = (operator: string) => operator.replace(/^([<>]).*/, '$1');
    if (direction(before) === direction(text) && text !== '!=' && text !== 'in') return;
    throw this.#error(place, `"${before}" and "${text}" cannot be chained`, 'write "a < b and b > c"');
  }

  #comparison(left: Part, { text: operator, place }: Token, right: Part): Condition {
    if (left.type === 'condition' && right.type === 'condition') {
      const hint = 'to say that one follows from the other write "implies"';
      throw this.#error(place, `"${operator}" compares numbers, not conditions`, hint);
    }
    const isOfClasses = left.type === 'class' || right.type === 'class';
    const of = [left, right].some(isOfInputs) ? 'x' : 'y';
    const side = (part: Part, other: Part) =>
      isOfClasses ? this.#class(part, of, other.place) : this.#number(part, operator);
    const sides = { left: side(left, right), right: side(right, left) };
    return { kind: 'comparison', operator: operator as Comparison, ...sides };
  }

  #member(left: Part, { place }: Token, right: Part): Condition {
    if (right.type !== 'greatest')
      throw this.#error(
        right.place,
        `expected top(k) behind "in", found ${nouns[right.type]}`,
        'write "label in top(3)"',
      );
    if (left.type !== 'name' && left.type !== 'class' && left.type !== 'number')
      throw this.#error(
        left.place,
        `only a class can be among the greatest outputs, not ${nouns[left.type]}`,
        'write "label in top(3)"',
      );
    const of = this.#class(left, 'y', left.place);
    return { kind: 'member', of, count: right.value, place };
  }

  /** What may be compared with a class: a class, the name of one, or its number. */
  #class(part: Part, of: Vector, placeOfOther: number): Numeric {
    const { place } = part;
    if (part.type === 'class') return part.value;
    if (part.type === 'name')
      return this.#guarded(place, () => classNamed(part.value, place, this.vocabulary, of));
    if (part.type === 'number' && part.value.kind === 'number' && Number.isInteger(part.value.value))
      return { kind: 'class', of, index: part.value.value, place };
    const hint =
      'a class is compared with another class, the name of one, or its number, which is whole and counted from 0';
    const blamed = part.type === 'condition' || part.type === 'greatest' ? placeOfOther : place;
    throw this.#error(blamed, `a class is compared with ${nouns[part.type]}`, hint);
  }

  #prefix(): Part {
    const token = this.#next();
    const { place, text, kind } = token;
    if (kind === 'number') return numberAt(place, { kind: 'number', value: Number(text) });
    if (kind === 'string') return { place, type: 'name', value: text };
    if (text === '-') return this.#negative(place);
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
    if (kind === 'word') return this.#word(token);
    throw this.#unexpected(token);
  }

  #negative(place: number): Part {
    return numberAt(place, { kind: 'negative', of: this.#number(this.#part(ofMinus), '-') });
  }

  #word(token: Token): Part {
    const { text, place } = token;
    const given = rowWords.find((word) => word === text);
    if (given !== undefined) return this.#given(given, place);
    const vector = Object.hasOwn(vectors, text) ? vectors[text] : undefined;
    if (vector !== undefined)
      return this.#peek().text === '['
        ? this.#element(vector, place)
        : { place, type: 'vector', value: vector };
    if (functions.includes(text)) return this.#call(text, place);
    const { inputs, outputs } = this.vocabulary;
    if (!precedences.has(text) && (inputs.includes(text) || outputs.includes(text)))
      return { place, type: 'name', value: text };
    throw this.#unexpected(token);
  }

  #given(word: Given, place: number): Part {
    if (!this.vocabulary.given.includes(word))
      throw this.#error(
        place,
        `"${word}" is of a row of data, and there is none here`,
        'give the property "data" and "linfEpsilon": then it speaks of the inputs near each row',
      );
    if (word !== 'row') return { place, type: 'class', value: { kind: word } };
    const bracket = this.#next();
    if (bracket.text !== '[')
      throw this.#error(bracket.place, '"row" is followed by an index', 'write row[0], or row["a name"]');
    const index = this.#index('row', bracket);
    if (typeof index === 'string') throw this.#error(place, 'a row of data has no element for its class');
    return numberAt(place, { kind: 'row', index, place });
  }

  #element(of: Vector, place: number): Part {
    const index = this.#index(of, this.#next());
    return numberAt(place, { kind: 'element', of, index, place });
  }

  /** Up to the closing bracket. */
  #index(of: Vector | 'row', bracket: Token): number | RowClass {
    const index = this.#next();
    const found = this.#indexAt(of, index);
    this.#expect(']', bracket.place);
    return found;
  }

  #indexAt(of: Vector | 'row', { kind, text, place }: Token): number | RowClass {
    if (kind === 'number' && /^\d+$/.test(text)) return Number(text);
    if (kind === 'word' && (text === 'label' || text === 'predicted')) {
      this.#given(text, place);
      return text;
    }
    if (kind === 'string' || (kind === 'word' && this.#isKnown(text)))
      return this.#guarded(place, () => indexNamed(text, of, this.vocabulary));
    throw this.#error(
      place,
      `an index is a whole number, a name or "label", not ${quoted({ kind, text })}`,
      `elements are counted from 0: ${of}[3]`,
    );
  }

  #isKnown = (name: string): boolean =>
    this.vocabulary.inputs.includes(name) || this.vocabulary.outputs.includes(name);

  #call(name: string, place: number): Part {
    const bracket = this.#next();
    const example = name === 'top' ? 'top(3)' : `${name}(y)`;
    if (bracket.text !== '(') throw this.#error(bracket.place, `"${name}" is a function`, `write ${example}`);
    const given = [this.#part(0)];
    while (this.#peek().text === ',' && this.#peek().kind === 'sign') {
      this.#next();
      given.push(this.#part(0));
    }
    this.#expect(')', bracket.place);
    const [first, ...others] = given;
    if (name === 'top') return this.#top(place, given);
    if (first?.type === 'vector' && others.length === 0 && name !== 'abs') {
      const value: Numeric = { kind: 'reduction', by: name as Reduction, of: first.value, place };
      if (name === 'confidence' && first.value === 'x')
        throw this.#error(first.place, 'confidence is of the output', 'write confidence(y)');
      return { place, type: name === 'argmax' || name === 'argmin' ? 'class' : 'number', value };
    }
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

  #top(place: number, [first, second]: readonly Part[]): Part {
    const count = first?.type === 'number' && first.value.kind === 'number' ? first.value.value : Number.NaN;
    if (second === undefined && Number.isInteger(count) && count >= 1)
      return { place, type: 'greatest', value: count };
    throw this.#error(
      (second ?? first)?.place ?? place,
      'top takes one whole number from 1 on',
      'write "label in top(3)"',
    );
  }

  #number(part: Part, by: string): Numeric {
    if (part.type === 'number' || part.type === 'class') return part.value;
    if (part.type === 'name')
      return this.#guarded(part.place, () => elementNamed(part.value, part.place, this.vocabulary));
    const found = part.type === 'vector' ? `the vector ${part.value}` : nouns[part.type];
    const hint =
      part.type === 'vector'
        ? `name an element, ${part.value}[0], or reduce it, max(${part.value})`
        : undefined;
    throw this.#error(part.place, `"${by}" takes numbers, not ${found}`, hint);
  }

  #condition(part: Part, by: string): Condition {
    if (part.type === 'condition') return part.value;
    const hint = 'compare it with another number: y[0] > 0.5';
    throw this.#error(part.place, `"${by}" takes conditions, not ${nouns[part.type]}`, hint);
  }

  #guarded<T>(place: number, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof BadName) throw this.#error(place, error.message, error.hint);
      throw error;
    }
  }

  #expect(sign: string, opened: number): void {
    const token = this.#next();
    if (token.text === sign && token.kind === 'sign') return;
    const bracket = `the bracket of column ${columnOf(this.text, opened)}`;
    throw this.#error(token.place, `expected "${sign}" for ${bracket}, found ${quoted(token)}`);
  }

  #unexpected(token: Token): Error {
    const { kind, text, place } = token;
    if (kind !== 'word' || precedences.has(text))
      return this.#error(place, `expected a number, a vector or a condition, found ${quoted(token)}`);
    const { inputs, outputs } = this.vocabulary;
    const guess = nearest(text, [...words, ...inputs, ...outputs]);
    const names = [...inputs, ...outputs].slice(0, 10).map((name) => JSON.stringify(name));
    return this.#error(
      place,
      `"${text}" means nothing here`,
      guess === undefined ? `known are ${[...words, ...names].join(', ')}` : `did you mean "${guess}"?`,
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

const isOfInputs = (part: Part): boolean =>
  part.type === 'class' && part.value.kind === 'reduction' && part.value.of === 'x';

const numberAt = (place: number, value: Numeric): Part => ({ place, type: 'number', value });

const quoted = ({ kind, text }: Pick<Token, 'kind' | 'text'>): string =>
  kind === 'end' ? text : `"${text}"`;

// What an expression looks like, before anything is said of what it means: what grammar.peggy makes of a text.
import type { ArithmeticOperator, Comparison } from './syntax.js';

/** A place is an offset into the text. */
export type Token<Kind = 'number' | 'name' | 'word' | 'mark'> = {
  readonly kind: Kind;
  /** Without the quotation marks of a name. */
  readonly text: string;
  readonly place: number;
};

export type Operator<Text> = { readonly text: Text; readonly place: number };

/** Operators of one level, as many as there are: a long expression is not a deep one. */
export type Chain<Kind, Text> = {
  readonly kind: Kind;
  readonly place: number;
  readonly first: Tree;
  readonly rest: readonly { readonly operator: Operator<Text>; readonly right: Tree }[];
};

export type Implication = Chain<'implication', 'implies'>;
export type Logic = Chain<'logic', 'and' | 'or'>;
export type Comparisons = Chain<'comparison', Comparison | 'in'>;
export type Arithmetic = Chain<'arithmetic', ArithmeticOperator>;

export type Call = {
  readonly kind: 'call';
  readonly place: number;
  readonly of: Token<'word'>;
  /** Of the bracket. */
  readonly open: number;
  readonly given: readonly Tree[];
};

export type Element = {
  readonly kind: 'element';
  readonly place: number;
  readonly of: Token<'word'>;
  /** Of the bracket. */
  readonly open: number;
  readonly index: Token<'number' | 'name' | 'word'>;
};

export type Tree =
  | Token<'number'>
  | Token<'name'>
  | Token<'word'>
  | Implication
  | Logic
  | Comparisons
  | Arithmetic
  | Call
  | Element
  | { readonly kind: 'not' | 'negative' | 'brackets'; readonly place: number; readonly of: Tree };

/** Of brackets, signs and negations within each other, which the stack must hold, and of operators, for whoever walks over them. */
export type Bounds = { readonly levels: number; readonly operators: number };

export type Expected =
  | { readonly type: 'literal'; readonly text: string }
  | { readonly type: 'other'; readonly description: string }
  | { readonly type: 'end' };

/** Why a text was refused: what could have stood where reading ended, or null where a bound is exceeded. */
export type Refusal = Error & {
  readonly expected: readonly Expected[] | null;
  readonly location: { readonly start: { readonly offset: number } };
};

export type Grammar = {
  /** @throws Refusal */
  parse(text: string, options: Bounds): Tree;
  /** The tokens up to what is none. */
  parse(text: string, options: { readonly startRule: 'Tokens' }): Token[];
  readonly SyntaxError: abstract new () => Refusal;
};

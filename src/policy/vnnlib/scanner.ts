// Text -> tokens, one at a time and without an object for each: large properties have millions.
import type { UserError } from '../../base/user-error.js';
import { show } from '../suggest.js';
import { propertyError, type Source } from './errors.js';

export type Token = 'open' | 'close' | 'word' | 'string' | '[' | ']' | ',' | 'end';

/** The token at hand: `kind`, and its characters from `start` to `end`. Comments (; to the end of the line) are skipped. */
export class Scanner {
  kind: Token = 'end';
  start = 0;
  end = 0;
  readonly #text: string;

  constructor(readonly source: Source) {
    this.#text = source.text;
    this.next();
  }

  /** Moves on to the next token. */
  next(): void {
    const from = this.#skipped(this.end);
    this.start = from;
    this.end = from + 1;
    const kind = kinds[this.#text.charCodeAt(from)];
    if (from >= this.#text.length) {
      this.end = from;
      this.kind = 'end';
    } else if (kind === 'string') this.#string();
    else if (kind === undefined || kind === 'space') this.#word();
    else this.kind = kind;
  }

  /** The token as it stands in the file. */
  word(): string {
    return this.#text.slice(this.start, this.end);
  }

  /** The token as an error names it. */
  shown(): string {
    return this.kind === 'end' ? 'the end of the file' : show(this.word());
  }

  error(problem: string, hint: string, offset = this.start): UserError {
    return propertyError(this.source, offset, problem, hint);
  }

  /** Takes a word of the given sort, and moves on. */
  take(what: string, hint: string): string {
    if (this.kind !== 'word') throw this.error(`expected ${what}, found ${this.shown()}`, hint);
    const word = this.word();
    this.next();
    return word;
  }

  /** Takes "(" and the word behind it; returns the place of the parenthesis. */
  open(what: string, hint: string): number {
    if (this.kind !== 'open') throw this.error(`expected ${what}, found ${this.shown()}`, hint);
    const place = this.start;
    this.next();
    return place;
  }

  /** Takes the ")" of a parenthesis that opened at `opened`. */
  close(opened: number, problem: string, hint: string): void {
    if (this.kind === 'end') throw this.unclosed(opened);
    if (this.kind !== 'close') throw this.error(`${problem}, found ${this.shown()}`, hint);
    this.next();
  }

  unclosed(opened: number): UserError {
    return this.error('this parenthesis is never closed', 'add the ")" that is missing', opened);
  }

  #skipped(from: number): number {
    let at = from;
    for (;;) {
      const code = this.#text.charCodeAt(at);
      if (code === SEMICOLON) {
        const newline = this.#text.indexOf('\n', at);
        at = newline === -1 ? this.#text.length : newline + 1;
      } else if (kinds[code] === 'space') at++;
      else return at;
    }
  }

  #word(): void {
    let end = this.end;
    while (end < this.#text.length) {
      const code = this.#text.charCodeAt(end);
      if (code === SEMICOLON || kinds[code] !== undefined) break;
      end++;
    }
    this.end = end;
    this.kind = 'word';
  }

  #string(): void {
    let end = this.start + 1;
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === '\\' ? 2 : 1;
    if (end >= this.#text.length)
      throw this.error('this string never ends', 'add the quotation mark that is missing');
    this.end = end + 1;
    this.kind = 'string';
  }
}

const SEMICOLON = 59;

/** What each ASCII character is by itself; words are made of all others. */
const kinds: (Token | 'space' | undefined)[] = new Array(128).fill(undefined);
for (const space of ' \t\r\n\f') kinds[space.charCodeAt(0)] = 'space';
for (const sign of ['[', ']', ','] as const) kinds[sign.charCodeAt(0)] = sign;
kinds['('.charCodeAt(0)] = 'open';
kinds[')'.charCodeAt(0)] = 'close';
kinds['"'.charCodeAt(0)] = 'string';

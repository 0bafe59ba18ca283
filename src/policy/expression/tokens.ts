// The words of an expression, each with its place in the text.
import { syntaxError } from './errors.js';

export type Token = {
  readonly kind: 'number' | 'word' | 'string' | 'sign' | 'end';
  /** Without the quotation marks of a string. Synonyms are spelled as words: `&&` is `and`, `||` is `or`, `!` is `not`, `=>` is `implies`. */
  readonly text: string;
  readonly place: number;
};

const synonyms: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or', '!': 'not', '=>': 'implies' };

/** Longer signs before their beginnings. */
const pattern =
  /(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<word>[A-Za-z_]\w*)|"(?<double>[^"\r\n]*)"|'(?<single>[^'\r\n]*)'|(?<sign>&&|\|\||=>|<=|>=|==|!=|[-+*/<>!()[\],])|(?<space>\s+)/y;

/** Signs that people write for others. */
const mistaken: Readonly<Record<string, string>> = {
  '=': 'equality is written "=="',
  '≤': 'write "<="',
  '≥': 'write ">="',
  '≠': 'write "!="',
  '&': 'write "and" or "&&"',
  '|': 'write "or" or "||"',
  '^': 'powers are not available; write a product',
  '%': 'remainders are not available',
  '"': 'this quotation mark is never closed',
  "'": 'this quotation mark is never closed',
};

export function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (let place = 0; place < text.length; ) {
    pattern.lastIndex = place;
    const match = pattern.exec(text);
    if (match === null) {
      const sign = String.fromCodePoint(text.codePointAt(place) ?? 0);
      throw syntaxError(text, place, `"${sign}" means nothing here`, mistaken[sign]);
    }
    const { number, word, sign, double, single } = match.groups ?? {};
    const quoted = double ?? single;
    if (number !== undefined) found.push({ kind: 'number', text: number, place });
    else if (word !== undefined) found.push(wordAt(word, place));
    else if (quoted !== undefined) found.push({ kind: 'string', text: quoted, place });
    else if (sign !== undefined) found.push(signAt(sign, place));
    place = pattern.lastIndex;
  }
  return [...found, { kind: 'end', text: 'the end', place: text.length }];
}

const wordAt = (text: string, place: number): Token => ({ kind: 'word', text, place });

const signAt = (sign: string, place: number): Token => {
  const word = synonyms[sign];
  return word === undefined ? { kind: 'sign', text: sign, place } : wordAt(word, place);
};

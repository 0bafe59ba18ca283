// Why a text is no expression, in words: by the token that reading ended at, and what could have stood there.
import { grammar } from './generated/grammar.js';
import { missing } from './missing.js';
import { Mistake } from './mistake.js';
import type { Expected, Refusal, Token } from './tree.js';
import { wordMistake } from './typing/words.js';
import type { Vocabulary } from './vocabulary.js';

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

export function explained(
  text: string,
  { expected, location, message }: Refusal,
  known: Vocabulary,
): Mistake {
  const place = location.start.offset;
  if (expected === null) return new Mistake(place, message);
  const tokens = grammar.parse(text, { startRule: 'Tokens' });
  const before = tokens.filter((token) => token.place < place);
  return misspelt(before, known) ?? misplaced(text, place, tokens, before, new Set(expected.map(nameOf)));
}

/** `own speed > 1`, of a name that has a space, is about "own", not about what follows it. */
function misspelt(tokens: readonly Token[], known: Vocabulary): Mistake | undefined {
  for (const { kind, text, place } of tokens) {
    const mistake = kind === 'word' ? wordMistake(text, place, known) : undefined;
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}

function misplaced(
  text: string,
  place: number,
  tokens: readonly Token[],
  before: readonly Token[],
  wanted: ReadonlySet<string>,
): Mistake {
  const at = tokens[before.length];
  if (at === undefined && place < text.length) return strange(text, place);
  const found = at === undefined ? 'the end' : `"${at.text}"`;
  return missing(wanted, { text, place, found, before });
}

const nameOf = (one: Expected): string =>
  one.type === 'literal' ? one.text : one.type === 'other' ? one.description : 'the end';

function strange(text: string, place: number): Mistake {
  const sign = String.fromCodePoint(text.codePointAt(place) ?? 0);
  return new Mistake(place, `"${sign}" means nothing here`, mistaken[sign]);
}

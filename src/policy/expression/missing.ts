// What is missing where reading ended, in words.
import { columnOf } from './errors.js';
import { Mistake } from './mistake.js';
import type { Token } from './tree.js';
import { noIndex } from './typing/elements.js';
import { vectorNamed } from './typing/words.js';

/** Where reading ended, what stands there, and what before. */
export type Spot = {
  readonly text: string;
  readonly place: number;
  readonly found: string;
  readonly before: readonly Token[];
};

/** By what could have stood there; the first that applies. */
const explanations: readonly (readonly [wanted: string, explain: (spot: Spot) => Mistake])[] = [
  ['a number', operandMissing],
  ['an index', indexMissing],
  [']', (spot) => notClosed(spot, ']')],
  [')', (spot) => notClosed(spot, ')')],
  ['the end', ({ place, found }) => new Mistake(place, `${found} cannot follow here`)],
  ['[', ({ place }) => new Mistake(place, '"row" is followed by an index', 'write row[0], or row["a name"]')],
  ['(', callMissing],
];

export function missing(wanted: ReadonlySet<string>, spot: Spot): Mistake {
  const explain = explanations.find(([one]) => wanted.has(one))?.[1] ?? operandMissing;
  return explain(spot);
}

function operandMissing({ place, found }: Spot): Mistake {
  if (found !== '"not"' && found !== '"!"')
    return new Mistake(place, `expected a number, a vector or a condition, found ${found}`);
  const hint = 'put it in front of the whole comparison: not a < b';
  return new Mistake(place, `${found} cannot stand inside a comparison or a calculation`, hint);
}

function indexMissing({ place, found, before }: Spot): Mistake {
  const of = before.at(-2)?.text ?? '';
  return noIndex(place, found, vectorNamed(of) ?? of);
}

function notClosed({ text, place, found, before }: Spot, sign: string): Mistake {
  const bracket = `the bracket of column ${columnOf(text, lastOpen(before))}`;
  return new Mistake(place, `expected "${sign}" for ${bracket}, found ${found}`);
}

/** Place of the innermost bracket that is not closed. */
function lastOpen(tokens: readonly Token[]): number {
  const open: number[] = [];
  for (const { kind, text, place } of tokens) {
    if (kind === 'mark' && (text === '(' || text === '[')) open.push(place);
    if (kind === 'mark' && (text === ')' || text === ']')) open.pop();
  }
  return open.at(-1) ?? 0;
}

function callMissing({ place, before }: Spot): Mistake {
  const name = before.at(-1)?.text ?? '';
  return new Mistake(place, `"${name}" is a function`, `write ${name === 'top' ? 'top(3)' : `${name}(y)`}`);
}

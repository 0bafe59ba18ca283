// Words by themselves: vectors, what is known of a row, and names.
import { nearest } from '../../suggest.js';
import { Mistake } from '../mistake.js';
import type { Vector } from '../syntax.js';
import type { Token } from '../tree.js';
import type { Given, Vocabulary } from '../vocabulary.js';
import { functions } from './functions.js';
import type { Part } from './part.js';

const vectors: Readonly<Record<string, Vector>> = { x: 'x', input: 'x', y: 'y', output: 'y' };
const ofRows: readonly Given[] = ['label', 'predicted', 'row'];
const words = [
  ...Object.keys(vectors),
  ...ofRows,
  ...['and', 'or', 'not', 'implies', 'in'],
  ...Object.keys(functions),
];

export const vectorNamed = (text: string): Vector | undefined =>
  Object.hasOwn(vectors, text) ? vectors[text] : undefined;

export function word({ text, place }: Token<'word'>, known: Vocabulary): Part {
  requireKnown({ text, place }, known);
  if (text === 'label' || text === 'predicted') return { place, type: 'class', value: { kind: text } };
  const vector = vectorNamed(text);
  return vector === undefined
    ? { place, type: 'name', value: text }
    : { place, type: 'vector', value: vector };
}

export const isName = (text: string, { inputs, outputs }: Vocabulary): boolean =>
  inputs.includes(text) || outputs.includes(text);

/** @throws Mistake */
export function requireKnown({ text, place }: Pick<Token, 'text' | 'place'>, known: Vocabulary): void {
  const mistake = wordMistake(text, place, known);
  if (mistake !== undefined) throw mistake;
}

/** Of a word that means nothing, or nothing here. */
export function wordMistake(text: string, place: number, known: Vocabulary): Mistake | undefined {
  const given = ofRows.find((one) => one === text);
  if (given !== undefined && !known.given.includes(given)) return noRow(given, place);
  return words.includes(text) || isName(text, known) ? undefined : unknown(text, place, known);
}

const noRow = (word: Given, place: number): Mistake =>
  new Mistake(
    place,
    `"${word}" is of a row of data, and there is none here`,
    'give the property "data" and "linfEpsilon": then it speaks of the inputs near each row',
  );

function unknown(text: string, place: number, { inputs, outputs }: Vocabulary): Mistake {
  const guess = nearest(text, [...words, ...inputs, ...outputs]);
  const names = [...inputs, ...outputs].slice(0, 10).map((name) => JSON.stringify(name));
  return new Mistake(
    place,
    `"${text}" means nothing here`,
    guess === undefined ? `known are ${[...words, ...names].join(', ')}` : `did you mean "${guess}"?`,
  );
}

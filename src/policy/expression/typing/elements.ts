// Elements of vectors and of a row: what may stand in square brackets.
import { Mistake } from '../mistake.js';
import type { RowClass, Vector } from '../syntax.js';
import type { Element } from '../tree.js';
import { indexNamed, type Vocabulary } from '../vocabulary.js';
import { numberAt, type Part } from './part.js';
import { isName, requireKnown, vectorNamed } from './words.js';

export function element({ of, open, index, place }: Element, known: Vocabulary): Part {
  requireKnown(of, known);
  if (of.text === 'row') return elementOfRow(index, place, known);
  const vector = vectorNamed(of.text);
  if (vector !== undefined)
    return numberAt(place, { kind: 'element', of: vector, index: indexIn(vector, index, known), place });
  throw new Mistake(open, `"${of.text}" has no elements`, 'only x, y and row have');
}

function elementOfRow(token: Element['index'], place: number, known: Vocabulary): Part {
  const index = indexIn('row', token, known);
  if (typeof index === 'string') throw new Mistake(place, 'a row of data has no element for its class');
  return numberAt(place, { kind: 'row', index, place });
}

function indexIn(
  of: Vector | 'row',
  { kind, text, place }: Element['index'],
  known: Vocabulary,
): number | RowClass {
  if (kind === 'number' && /^\d+$/.test(text)) return Number(text);
  if (kind === 'word' && (text === 'label' || text === 'predicted')) {
    requireKnown({ text, place }, known);
    return text;
  }
  if (kind === 'name' || (kind === 'word' && isName(text, known))) return indexNamed(text, place, of, known);
  throw noIndex(place, `"${text}"`, of);
}

export const noIndex = (place: number, found: string, of: string): Mistake =>
  new Mistake(
    place,
    `an index is a whole number, a name or "label", not ${found}`,
    `elements are counted from 0: ${of}[3]`,
  );

// What may be compared with what: numbers, classes, and classes with the greatest outputs.
import { Mistake } from '../mistake.js';
import type { Comparison, Condition, Numeric, Vector } from '../syntax.js';
import type { Operator } from '../tree.js';
import { classNamed, type Vocabulary } from '../vocabulary.js';
import { asNumber, nouns, type Part } from './part.js';

type Sign = Operator<Comparison | 'in'>;

/** Comparisons of one direction: `a < b > c` and `a != b != c` say less than one thinks. */
export function requireChain({ text: before }: Sign, { text, place }: Sign): void {
  const direction = (operator: string) => operator.replace(/^([<>]).*/, '$1');
  if (direction(before) === direction(text) && text !== '!=' && text !== 'in') return;
  throw new Mistake(place, `"${before}" and "${text}" cannot be chained`, 'write "a < b and b > c"');
}

export const compared = (left: Part, { text, place }: Sign, right: Part, known: Vocabulary): Condition =>
  text === 'in' ? member(left, place, right, known) : comparison(left, { text, place }, right, known);

function comparison(
  left: Part,
  { text: operator, place }: Operator<Comparison>,
  right: Part,
  known: Vocabulary,
): Condition {
  if (left.type === 'condition' && right.type === 'condition') {
    const hint = 'to say that one follows from the other write "implies"';
    throw new Mistake(place, `"${operator}" compares numbers, not conditions`, hint);
  }
  const isOfClasses = left.type === 'class' || right.type === 'class';
  const of = [left, right].some(isOfInputs) ? 'x' : 'y';
  const side = (part: Part, other: Part) =>
    isOfClasses ? asClass(part, of, other.place, known) : asNumber(part, operator, known);
  return { kind: 'comparison', operator, left: side(left, right), right: side(right, left) };
}

const isOfInputs = (part: Part): boolean =>
  part.type === 'class' && part.value.kind === 'reduction' && part.value.of === 'x';

function member(left: Part, place: number, right: Part, known: Vocabulary): Condition {
  const hint = 'write "label in top(3)"';
  if (right.type !== 'greatest')
    throw new Mistake(right.place, `expected top(k) behind "in", found ${nouns[right.type]}`, hint);
  if (left.type !== 'name' && left.type !== 'class' && left.type !== 'number') {
    const problem = `only a class can be among the greatest outputs, not ${nouns[left.type]}`;
    throw new Mistake(left.place, problem, hint);
  }
  return { kind: 'member', of: asClass(left, 'y', left.place, known), count: right.value, place };
}

/** What may be compared with a class: a class, the name of one, or its number. */
function asClass(part: Part, of: Vector, placeOfOther: number, known: Vocabulary): Numeric {
  const { place } = part;
  if (part.type === 'class') return part.value;
  if (part.type === 'name') return classNamed(part.value, place, known, of);
  if (part.type === 'number' && part.value.kind === 'number' && Number.isInteger(part.value.value))
    return { kind: 'class', of, index: part.value.value, place };
  const hint =
    'a class is compared with another class, the name of one, or its number, which is whole and counted from 0';
  const blamed = part.type === 'condition' || part.type === 'greatest' ? placeOfOther : place;
  throw new Mistake(blamed, `a class is compared with ${nouns[part.type]}`, hint);
}

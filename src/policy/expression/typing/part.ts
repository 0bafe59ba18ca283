// Parts of an expression by their type: what a name means depends on what it is compared with.
import { Mistake } from '../mistake.js';
import type { Condition, Numeric, Vector } from '../syntax.js';
import { elementNamed, type Vocabulary } from '../vocabulary.js';

/** With the place where it begins. */
export type Part = { readonly place: number } & (
  | { readonly type: 'number' | 'class'; readonly value: Numeric }
  | { readonly type: 'condition'; readonly value: Condition }
  | { readonly type: 'vector'; readonly value: Vector }
  | { readonly type: 'name'; readonly value: string }
  | { readonly type: 'greatest'; readonly value: number }
);

export const nouns: Readonly<Record<Part['type'], string>> = {
  number: 'a number',
  class: 'a class',
  condition: 'a condition',
  vector: 'a vector',
  name: 'a name',
  greatest: 'the greatest outputs',
};

export const numberAt = (place: number, value: Numeric): Part => ({ place, type: 'number', value });

export const conditionAt = (place: number, value: Condition): Part => ({ place, type: 'condition', value });

/** @param by the operator or function that takes it */
export function asNumber(part: Part, by: string, known: Vocabulary): Numeric {
  if (part.type === 'number' || part.type === 'class') return part.value;
  if (part.type === 'name') return elementNamed(part.value, part.place, known);
  if (part.type !== 'vector') throw new Mistake(part.place, `"${by}" takes numbers, not ${nouns[part.type]}`);
  throw new Mistake(
    part.place,
    `"${by}" takes numbers, not the vector ${part.value}`,
    `name an element, ${part.value}[0], or reduce it, max(${part.value})`,
  );
}

const compareIt = 'compare it with another number: y[0] > 0.5';

export function asCondition(part: Part, by: string): Condition {
  if (part.type === 'condition') return part.value;
  throw new Mistake(part.place, `"${by}" takes conditions, not ${nouns[part.type]}`, compareIt);
}

/** Of a whole text. */
export function asAssertion(part: Part): Condition {
  if (part.type === 'condition') return part.value;
  const problem = `this is ${nouns[part.type]}, which is neither true nor false`;
  throw new Mistake(part.place, problem, compareIt);
}

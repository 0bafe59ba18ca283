// A tree with types: what its parts mean, from left to right, so that the first mistake is the one that is told.
import { Mistake } from '../mistake.js';
import type { Condition } from '../syntax.js';
import type { Arithmetic, Call, Comparisons, Implication, Logic, Tree } from '../tree.js';
import type { Vocabulary } from '../vocabulary.js';
import { compared, requireChain } from './comparisons.js';
import { element } from './elements.js';
import { functions } from './functions.js';
import { asCondition, asNumber, conditionAt, numberAt, type Part } from './part.js';
import { requireKnown, vectorNamed, word } from './words.js';

/** @throws Mistake */
export function typed(tree: Tree, known: Vocabulary): Part {
  const { place } = tree;
  switch (tree.kind) {
    case 'number':
      return numberAt(place, { kind: 'number', value: Number(tree.text) });
    case 'name':
      return { place, type: 'name', value: tree.text };
    case 'word':
      return word(tree, known);
    case 'element':
      return element(tree, known);
    case 'call':
      return call(tree, known);
    case 'brackets':
      return { ...typed(tree.of, known), place };
    case 'negative':
      return numberAt(place, { kind: 'negative', of: asNumber(typed(tree.of, known), '-', known) });
    case 'not':
      return conditionAt(place, { kind: 'not', of: asCondition(typed(tree.of, known), 'not') });
    case 'arithmetic':
      return arithmetic(tree, known);
    case 'comparison':
      return comparisons(tree, known);
    case 'logic':
      return logic(tree, known);
    case 'implication':
      return implication(tree, known);
  }
}

function call({ of, open, given, place }: Call, known: Vocabulary): Part {
  const apply = Object.hasOwn(functions, of.text) ? functions[of.text] : undefined;
  if (apply !== undefined) return apply({ place, parts: given.map((part) => typed(part, known)), known });
  requireKnown(of, known);
  const isVector = vectorNamed(of.text) !== undefined;
  throw new Mistake(open, `"${of.text}" is no function`, isVector ? `write ${of.text}[0]` : undefined);
}

function arithmetic({ place, first, rest }: Arithmetic, known: Vocabulary): Part {
  const add = (before: Part, { operator: { text: operator }, right }: Arithmetic['rest'][number]): Part => {
    const behind = typed(right, known);
    const sides = { left: asNumber(before, operator, known), right: asNumber(behind, operator, known) };
    return numberAt(place, { kind: 'arithmetic', operator, ...sides });
  };
  return rest.reduce(add, typed(first, known));
}

function logic({ place, first, rest }: Logic, known: Vocabulary): Part {
  const join = (before: Part, { operator: { text: kind }, right }: Logic['rest'][number]): Part => {
    const behind = typed(right, known);
    return conditionAt(place, { kind, left: asCondition(before, kind), right: asCondition(behind, kind) });
  };
  return rest.reduce(join, typed(first, known));
}

/** To the right: `p implies q implies r` is `p implies (q implies r)`. */
function implication({ first, rest }: Implication, known: Vocabulary): Part {
  const parts = [first, ...rest.map(({ right }) => right)].map((part) => typed(part, known));
  return parts.reduceRight((behind, before) => {
    const sides = { left: asCondition(before, 'implies'), right: asCondition(behind, 'implies') };
    return conditionAt(before.place, { kind: 'implies', ...sides });
  });
}

/** `a <= b < c` is `a <= b and b < c`. */
function comparisons({ place, first, rest }: Comparisons, known: Vocabulary): Part {
  let left = typed(first, known);
  const conditions = rest.map(({ operator, right: tree }, at): Condition => {
    const before = rest[at - 1]?.operator;
    if (before !== undefined) requireChain(before, operator);
    const right = typed(tree, known);
    const condition = compared(left, operator, right, known);
    left = right;
    return condition;
  });
  return conditionAt(
    place,
    conditions.reduce((left, right) => ({ kind: 'and', left, right })),
  );
}

// Random expressions: as trees, as texts with as few brackets as the written precedences allow, and inputs to judge.
import fc from 'fast-check';
import type { Observed } from '../../../src/fuzz/objectives/expression/evaluate.js';
import type { Condition, Numeric } from '../../../src/fuzz/objectives/expression/syntax.js';

const vector = fc.constantFrom('x' as const, 'y' as const);

/** Of elements 0 to `size` - 1, with numbers as a text can have them: without a sign. */
const trees = (size: number) =>
  fc.letrec<{ numeric: Numeric; condition: Condition }>((tie) => ({
    numeric: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({ kind: fc.constant('label' as const) }),
      fc.record({
        kind: fc.constant('number' as const),
        value: fc.constantFrom(0, 1, 2, 0.5, 3, 1e-7, 1e30),
      }),
      fc.record({
        kind: fc.constant('element' as const),
        of: vector,
        index: fc.oneof(fc.nat(size - 1), fc.constant('label' as const)),
        place: fc.constant(0),
      }),
      fc.record({
        kind: fc.constant('reduction' as const),
        by: fc.constantFrom(
          'argmax' as const,
          'argmin' as const,
          'max' as const,
          'min' as const,
          'sum' as const,
        ),
        of: vector,
      }),
      fc.record({ kind: fc.constantFrom('negative' as const, 'abs' as const), of: tie('numeric') }),
      fc.record({
        kind: fc.constant('arithmetic' as const),
        operator: fc.constantFrom('+' as const, '-' as const, '*' as const, '/' as const),
        left: tie('numeric'),
        right: tie('numeric'),
      }),
      fc.record({
        kind: fc.constant('extremum' as const),
        by: fc.constantFrom('max' as const, 'min' as const),
        of: fc.array(tie('numeric'), { minLength: 1, maxLength: 3 }),
      }),
    ),
    condition: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({
        kind: fc.constant('comparison' as const),
        operator: fc.constantFrom(
          '<' as const,
          '<=' as const,
          '>' as const,
          '>=' as const,
          '==' as const,
          '!=' as const,
        ),
        left: tie('numeric'),
        right: tie('numeric'),
      }),
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const, 'implies' as const),
        left: tie('condition'),
        right: tie('condition'),
      }),
      fc.record({ kind: fc.constant('not' as const), of: tie('condition') }),
    ),
  }));

export const conditions = (size: number): fc.Arbitrary<Condition> => trees(size).condition;

/** The greater, the tighter; what is not named stands by itself. */
const tightness: Readonly<Record<string, number>> = {
  implies: 0,
  or: 1,
  and: 2,
  not: 3,
  comparison: 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  negative: 7,
};

type Part = Condition | Numeric;

const levelOf = (part: Part): number =>
  tightness[part.kind === 'arithmetic' ? part.operator : part.kind] ?? 8;

/** With brackets only where the tree would be another one without them. */
export function printed(part: Part): string {
  const at = levelOf(part);
  const within = (inner: Part, least: number) =>
    levelOf(inner) < least ? `(${printed(inner)})` : printed(inner);
  switch (part.kind) {
    case 'number':
      return String(part.value);
    case 'label':
      return 'label';
    case 'element':
      return `${part.of}[${part.index}]`;
    case 'reduction':
      return `${part.by}(${part.of})`;
    case 'abs':
      return `abs(${printed(part.of)})`;
    case 'extremum':
      return `${part.by}(${part.of.map(printed).join(', ')})`;
    case 'negative':
      return `-${within(part.of, at)}`;
    case 'not':
      return `not ${within(part.of, at)}`;
    case 'implies':
      return `${within(part.left, at + 1)} implies ${within(part.right, at)}`;
    case 'and':
    case 'or':
      return `${within(part.left, at)} ${part.kind} ${within(part.right, at + 1)}`;
    case 'comparison':
      return `${within(part.left, at + 1)} ${part.operator} ${within(part.right, at + 1)}`;
    case 'arithmetic':
      return `${within(part.left, at)} ${part.operator} ${within(part.right, at + 1)}`;
  }
}

/** Labels in and out of range. @param values of the elements; sums of more than two are compared, so they must be exact */
export const observations = (size: number, values: fc.Arbitrary<number>): fc.Arbitrary<Observed[]> => {
  const elements = fc.array(values, { minLength: size, maxLength: size });
  const label = fc.integer({ min: -1, max: size + 1 });
  return fc.array(fc.record({ x: elements, y: elements, label }), { minLength: 8, maxLength: 24 });
};

/** Few different ones, so that there are ties; sums of them are exact in any order. */
export const plainValues = fc.constantFrom(
  0,
  -0,
  1,
  1,
  2,
  -1,
  0.5,
  -3,
  Number.NaN,
  Infinity,
  -Infinity,
  2 ** 40,
);

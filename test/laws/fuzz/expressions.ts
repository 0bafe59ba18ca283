// Random expressions: as trees, as texts with as few brackets as the written precedences allow, and inputs to judge.
import fc from 'fast-check';
import type { Observed } from '../../../src/policy/expression/evaluate.js';
import type { Condition, Numeric } from '../../../src/policy/expression/syntax.js';

const vector = fc.constantFrom('x' as const, 'y' as const);

const place = fc.constant(0);
const oneOf = <T extends string>(...texts: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...texts);

/** What an assertion may know of a row besides its label. */
type Extent = { readonly size: number; readonly rows: boolean };

/** Of elements 0 to `size` - 1, with numbers as a text can have them: without a sign. */
const trees = ({ size, rows }: Extent) => {
  const rowClass = rows ? oneOf('label', 'predicted') : oneOf('label');
  const position = fc.oneof(
    fc.record({ kind: rowClass }),
    fc.record({ kind: oneOf('reduction'), by: oneOf('argmax', 'argmin'), of: vector, place }),
  );
  const chosen = (of: 'x' | 'y') =>
    fc.record({ kind: oneOf('class'), of: fc.constant(of), index: fc.nat(size - 1), place });
  return fc.letrec<{ numeric: Numeric; condition: Condition }>((tie) => ({
    numeric: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({
        kind: oneOf('number'),
        value: fc.constantFrom(0, 1, 2, 0.5, 3, 1e-7, 1e30),
      }),
      fc.record({
        kind: oneOf('element'),
        of: vector,
        index: fc.oneof(fc.nat(size - 1), rowClass),
        place,
      }),
      ...(rows ? [fc.record({ kind: oneOf('row'), index: fc.nat(size - 1), place })] : []),
      fc.record({ kind: oneOf('reduction'), by: oneOf('max', 'min', 'sum'), of: vector, place }),
      fc.record({ kind: oneOf('negative', 'abs'), of: tie('numeric') }),
      fc.record({
        kind: oneOf('arithmetic'),
        operator: oneOf('+', '-', '*', '/'),
        left: fc.oneof({ weight: 4, arbitrary: tie('numeric') }, position),
        right: fc.oneof({ weight: 4, arbitrary: tie('numeric') }, position),
      }),
      fc.record({
        kind: oneOf('extremum'),
        by: oneOf('max', 'min'),
        of: fc.array(tie('numeric'), { minLength: 1, maxLength: 3 }),
      }),
    ),
    condition: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({
        kind: oneOf('comparison'),
        operator: oneOf('<', '<=', '>', '>=', '==', '!='),
        left: tie('numeric'),
        right: tie('numeric'),
      }),
      position
        .chain((left) =>
          fc.record({
            kind: oneOf('comparison'),
            operator: oneOf('<', '<=', '>', '>=', '==', '!='),
            left: fc.constant(left),
            right: fc.oneof(position, chosen(left.kind === 'reduction' ? left.of : 'y')),
          }),
        )
        .filter(
          ({ left, right }) =>
            right.kind !== 'class' || right.of === (left.kind === 'reduction' ? left.of : 'y'),
        ),
      fc.record({
        kind: oneOf('member'),
        of: fc.oneof(position, chosen('y')),
        count: fc.integer({ min: 1, max: size }),
        place,
      }),
      fc.record({
        kind: oneOf('and', 'or', 'implies'),
        left: tie('condition'),
        right: tie('condition'),
      }),
      fc.record({ kind: oneOf('not'), of: tie('condition') }),
    ),
  }));
};

export const conditions = (size: number, rows = false): fc.Arbitrary<Condition> =>
  trees({ size, rows }).condition as fc.Arbitrary<Condition>;

/** The greater, the tighter; what is not named stands by itself. */
const tightness: Readonly<Record<string, number>> = {
  implies: 0,
  or: 1,
  and: 2,
  not: 3,
  comparison: 4,
  member: 4,
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
    case 'class':
      return String(part.index);
    case 'label':
    case 'predicted':
      return part.kind;
    case 'row':
      return `row[${part.index}]`;
    case 'member':
      return `${within(part.of, at + 1)} in top(${part.count})`;
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

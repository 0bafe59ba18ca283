// Assertions over a model's input and output, as trees: what `assert` properties and `expression:` objectives are made of.

/** A vector: all elements of the input or of the first output, in row-major order. */
export type Vector = 'x' | 'y';

/** What is known of a row of data besides the row itself: its label, and the model's answer there. */
export type RowClass = 'label' | 'predicted';

/** Places are offsets into the text, for errors that are found when the model is known. */
export type Numeric =
  | { readonly kind: 'number'; readonly value: number }
  /** A position by its number, where the text means one: a class, unless it is among inputs. */
  | { readonly kind: 'class'; readonly of: Vector; readonly index: number; readonly place: number }
  /** Of the row that the input is near to. */
  | { readonly kind: RowClass }
  /** Element of the row that the input is near to. */
  | { readonly kind: 'row'; readonly index: number; readonly place: number }
  | {
      readonly kind: 'element';
      readonly of: Vector;
      readonly index: number | RowClass;
      readonly place: number;
    }
  | { readonly kind: 'negative' | 'abs'; readonly of: Numeric }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: Numeric;
      readonly right: Numeric;
    }
  /** Of a whole vector. */
  | { readonly kind: 'reduction'; readonly by: Reduction; readonly of: Vector; readonly place: number }
  /** Of some numbers; at least one. */
  | { readonly kind: 'extremum'; readonly by: 'max' | 'min'; readonly of: readonly Numeric[] };

export type Condition =
  | {
      readonly kind: 'comparison';
      readonly operator: Comparison;
      readonly left: Numeric;
      readonly right: Numeric;
    }
  /** A class is among the so many greatest outputs. */
  | { readonly kind: 'member'; readonly of: Numeric; readonly count: number; readonly place: number }
  | { readonly kind: 'and' | 'or' | 'implies'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly of: Condition };

export type ArithmeticOperator = '+' | '-' | '*' | '/';
export type Reduction = 'argmax' | 'argmin' | 'max' | 'min' | 'sum' | 'confidence';
export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';

/** What must hold of every input: a finding is one where it is not true. */
export type Expression = {
  readonly text: string;
  readonly assertion: Condition;
};

/** `not (a < b)` is `a >= b`: neither is true where a side is NaN. */
export const opposite: Readonly<Record<Comparison, Comparison>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '==': '!=',
  '!=': '==',
};

/** The parts of an assertion that must all hold, from left to right. */
export const conjuncts = (condition: Condition): Condition[] =>
  condition.kind === 'and' ? [...conjuncts(condition.left), ...conjuncts(condition.right)] : [condition];

/** Every part of a tree that has none itself, or is a whole: elements, reductions, classes, members. */
export type Leaf = Extract<
  Numeric | Condition,
  { kind: 'element' | 'number' | 'class' | 'reduction' | 'row' | RowClass }
>;

export function leaves(part: Condition | Numeric): Leaf[] {
  switch (part.kind) {
    case 'extremum':
      return part.of.flatMap(leaves);
    case 'negative':
    case 'abs':
    case 'not':
    case 'member':
      return leaves(part.of);
    case 'and':
    case 'or':
    case 'implies':
    case 'comparison':
    case 'arithmetic':
      return [...leaves(part.left), ...leaves(part.right)];
    default:
      return [part];
  }
}

/** Every `in top(k)`. */
export function members(part: Condition): Extract<Condition, { kind: 'member' }>[] {
  switch (part.kind) {
    case 'member':
      return [part];
    case 'comparison':
      return [];
    case 'not':
      return members(part.of);
    default:
      return [...members(part.left), ...members(part.right)];
  }
}

/** An index may be a class of the row. */
export const rowClassesIn = (part: Condition): ReadonlySet<RowClass> =>
  new Set(
    leaves(part).flatMap((leaf): RowClass[] => {
      const named = leaf.kind === 'element' ? leaf.index : leaf.kind;
      return named === 'label' || named === 'predicted' ? [named] : [];
    }),
  );

/** Whether a condition is about inputs and rows alone. */
export const isOfInputs = (part: Condition): boolean =>
  members(part).length === 0 &&
  leaves(part).every((leaf) => !((leaf.kind === 'element' || leaf.kind === 'reduction') && leaf.of === 'y'));

/** What an assertion takes for granted: `a` of `a implies b`, where that is about inputs. Outputs do not matter where it is false. */
export const premiseOf = (assertion: Condition): Condition | undefined =>
  assertion.kind === 'implies' && isOfInputs(assertion.left) ? assertion.left : undefined;

// Assertions over a model's input and output, as trees: what `expression:` objectives are made of.

/** A vector: all elements of the input or of the first output, in row-major order. */
export type Vector = 'x' | 'y';

/** Places are offsets into the text, for errors that are found when the model is known. */
export type Numeric =
  | { readonly kind: 'number'; readonly value: number }
  /** Reference class of the row. */
  | { readonly kind: 'label' }
  | {
      readonly kind: 'element';
      readonly of: Vector;
      readonly index: number | 'label';
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
  | { readonly kind: 'reduction'; readonly by: Reduction; readonly of: Vector }
  /** Of some numbers; at least one. */
  | { readonly kind: 'extremum'; readonly by: 'max' | 'min'; readonly of: readonly Numeric[] };

export type Condition =
  | {
      readonly kind: 'comparison';
      readonly operator: Comparison;
      readonly left: Numeric;
      readonly right: Numeric;
    }
  | { readonly kind: 'and' | 'or' | 'implies'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly of: Condition };

export type ArithmeticOperator = '+' | '-' | '*' | '/';
export type Reduction = 'argmax' | 'argmin' | 'max' | 'min' | 'sum';
export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';

/** What must hold of every input: a finding is one where it is not true. */
export type Expression = {
  readonly text: string;
  readonly assertion: Condition;
};

/** The parts of an assertion that must all hold, from left to right. */
export const conjuncts = (condition: Condition): Condition[] =>
  condition.kind === 'and' ? [...conjuncts(condition.left), ...conjuncts(condition.right)] : [condition];

/** Every element that is named, wherever it stands. */
export function elements(part: Condition | Numeric): Extract<Numeric, { kind: 'element' }>[] {
  switch (part.kind) {
    case 'element':
      return [part];
    case 'number':
    case 'label':
    case 'reduction':
      return [];
    case 'extremum':
      return part.of.flatMap(elements);
    case 'negative':
    case 'abs':
    case 'not':
      return elements(part.of);
    default:
      return [...elements(part.left), ...elements(part.right)];
  }
}

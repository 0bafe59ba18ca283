// What an expression says of one input, in plain float64 arithmetic: the reference that a finding is replayed with.
import type { Judgement } from '../../../policy/judge.js';
import {
  type Comparison,
  type Condition,
  conjuncts,
  type Expression,
  type Numeric,
  type Reduction,
} from './syntax.js';

/** One input, what the model makes of it, and its reference class. */
export type Observed = {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly label: number;
};

export type Evaluated = {
  readonly violated: boolean;
  /**
   * How far the assertion is from changing: negative only where it is violated, positive only where it holds (robustness of
   * signal temporal logic: Donzé and Maler, FORMATS 2010).
   */
  readonly margin: number;
};

export const evaluate = ({ assertion }: Expression, observed: Observed): Evaluated => ({
  violated: !holds(assertion, observed),
  margin: marginOf(assertion, observed),
});

/** As the other property kinds are judged. */
export function judgeExpression(expression: Expression, observed: Observed): Judgement {
  const { violated, margin } = evaluate(expression, observed);
  return {
    violated,
    margin: Number.isFinite(margin) ? margin : null,
    summary: `${expression.text} ${violated ? 'does not hold' : 'holds'}`,
  };
}

/** Position of the first part of the assertion that does not hold; 0 where all do. */
export const firstFalse = ({ assertion }: Expression, observed: Observed): number =>
  Math.max(
    0,
    conjuncts(assertion).findIndex((part) => !holds(part, observed)),
  );

function holds(condition: Condition, observed: Observed): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, observed) && holds(condition.right, observed);
    case 'or':
      return holds(condition.left, observed) || holds(condition.right, observed);
    case 'implies':
      return !holds(condition.left, observed) || holds(condition.right, observed);
    case 'not':
      return !holds(condition.of, observed);
    case 'comparison':
      return relations[condition.operator](
        numberOf(condition.left, observed),
        numberOf(condition.right, observed),
      );
  }
}

/** All of them false where a side is NaN. */
const relations: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a < b || a > b,
};

function marginOf(condition: Condition, observed: Observed): number {
  switch (condition.kind) {
    case 'and':
      return Math.min(marginOf(condition.left, observed), marginOf(condition.right, observed));
    case 'or':
      return Math.max(marginOf(condition.left, observed), marginOf(condition.right, observed));
    case 'implies':
      return Math.max(-marginOf(condition.left, observed), marginOf(condition.right, observed));
    case 'not':
      return -marginOf(condition.of, observed);
    case 'comparison':
      return comparisonMargin(condition, observed);
  }
}

function comparisonMargin(
  { operator, left, right }: Extract<Condition, { kind: 'comparison' }>,
  observed: Observed,
): number {
  const [a, b] = [numberOf(left, observed), numberOf(right, observed)];
  if (Number.isNaN(a) || Number.isNaN(b)) return -Infinity;
  const equality =
    equalityMargin(left, b, observed) ?? equalityMargin(right, a, observed) ?? -Math.abs(difference(a, b));
  switch (operator) {
    case '<':
    case '<=':
      return difference(b, a);
    case '>':
    case '>=':
      return difference(a, b);
    case '==':
      return equality;
    case '!=':
      return -equality;
  }
}

/** By how much a position is, or is not, that of the greatest or smallest element; undefined for other numbers. */
function equalityMargin(side: Numeric, position: number, { x, y }: Observed): number | undefined {
  if (side.kind !== 'reduction' || (side.by !== 'argmax' && side.by !== 'argmin')) return undefined;
  const signed = Array.from(side.of === 'x' ? x : y, (value) => (side.by === 'argmax' ? value : -value));
  const rival = signed.reduce(
    (most, value, at) => (at === position ? most : Math.max(most, value)),
    -Infinity,
  );
  return difference(signed[position] ?? -Infinity, rival);
}

/** a - b, and 0 for equal infinities. */
const difference = (a: number, b: number): number => (a === b ? 0 : a - b);

function numberOf(part: Numeric, observed: Observed): number {
  switch (part.kind) {
    case 'number':
      return part.value;
    case 'label':
      return observed.label;
    case 'element':
      return observed[part.of][part.index === 'label' ? observed.label : part.index] ?? Number.NaN;
    case 'negative':
      return -numberOf(part.of, observed);
    case 'abs':
      return Math.abs(numberOf(part.of, observed));
    case 'arithmetic':
      return arithmetic[part.operator](numberOf(part.left, observed), numberOf(part.right, observed));
    case 'reduction':
      return reductions[part.by](Array.from(observed[part.of]));
    case 'extremum':
      return reductions[part.by](part.of.map((each) => numberOf(each, observed)));
  }
}

const arithmetic = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  // Zeros have no sign: which one a maximum or a sum of zeros has depends on the order.
  '/': (a: number, b: number) => a / (b === 0 ? 0 : b),
};

/** NaN where some element is. Positions are those of the first such element. */
const reductions: Readonly<Record<Reduction, (values: readonly number[]) => number>> = {
  max: (values) => values.reduce((most, value) => Math.max(most, value), -Infinity),
  min: (values) => values.reduce((least, value) => Math.min(least, value), Infinity),
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  argmax: (values) => positionOf(values, reductions.max(values)),
  argmin: (values) => positionOf(values, reductions.min(values)),
};

const positionOf = (values: readonly number[], wanted: number): number =>
  Number.isNaN(wanted) ? Number.NaN : values.indexOf(wanted);

// What an expression says of one input: whether it holds, exactly, and by how much, in plain float64 arithmetic.
import type { Judgement } from '../judge.js';
import { is } from './exact.js';
import { type Observed, reductions, valueAt } from './observed.js';
import { type Condition, conjuncts, type Expression, type Numeric, opposite, premiseOf } from './syntax.js';

export type { Observed } from './observed.js';

export type Evaluated = {
  readonly violated: boolean;
  /**
   * How far the assertion is from changing: negative only where it is violated, positive only where it holds (robustness of
   * signal temporal logic: Donzé and Maler, FORMATS 2010).
   */
  readonly margin: number;
};

/** An output that is not a number violates every assertion, but where inputs are not what the assertion is about. */
function isBroken(assertion: Condition, observed: Observed): boolean {
  if (!Array.prototype.some.call(observed.y, Number.isNaN)) return false;
  const premise = premiseOf(assertion);
  return premise === undefined || !is(premise, observed, false);
}

export function evaluate({ assertion }: Expression, observed: Observed): Evaluated {
  const broken = isBroken(assertion, observed);
  const violated = broken || !is(assertion, observed, true);
  const margin = broken ? -Infinity : marginOf(assertion, observed, true);
  // The margin is rounded: near zero it may have the other sign.
  return { violated, margin: violated ? Math.min(margin, 0) : Math.max(margin, 0) };
}

/** As the other property kinds are judged. */
export function judgeExpression(expression: Expression, observed: Observed): Judgement {
  const { violated, margin } = evaluate(expression, observed);
  return {
    violated,
    margin: Number.isFinite(margin) ? margin : null,
    summary: `${expression.text.trim().replace(/\s+/g, ' ')} ${violated ? 'does not hold' : 'holds'}`,
  };
}

/** Position of the first part of the assertion that does not hold; 0 where all do. */
export const firstFalse = ({ assertion }: Expression, observed: Observed): number =>
  Math.max(
    0,
    conjuncts(assertion).findIndex((part) => !is(part, observed, true)),
  );

/** Of the condition, or of its opposite: neither is true where a number is NaN. */
function marginOf(condition: Condition, observed: Observed, wanted: boolean): number {
  const sides = (left: boolean, right: boolean): [number, number] =>
    condition.kind === 'and' || condition.kind === 'or' || condition.kind === 'implies'
      ? [marginOf(condition.left, observed, left), marginOf(condition.right, observed, right)]
      : [Number.NaN, Number.NaN];
  switch (condition.kind) {
    case 'and':
      return (wanted ? Math.min : Math.max)(...sides(wanted, wanted));
    case 'or':
      return (wanted ? Math.max : Math.min)(...sides(wanted, wanted));
    case 'implies':
      return (wanted ? Math.max : Math.min)(...sides(!wanted, wanted));
    case 'not':
      return marginOf(condition.of, observed, !wanted);
    case 'member':
      return memberMargin(condition, observed, wanted);
    case 'comparison':
      return comparisonMargin(condition, observed, wanted);
  }
}

type Member = Extract<Condition, { kind: 'member' }>;

/** The class against the one that it must be ahead of: the so manieth greatest of the others. */
function memberMargin({ of, count }: Member, observed: Observed, wanted: boolean): number {
  const at = numberOf(of, observed);
  const own = observed.y[at] ?? Number.NaN;
  if (Number.isNaN(own) || Array.prototype.some.call(observed.y, Number.isNaN)) return -Infinity;
  const others = Array.from(observed.y).filter((_, place) => place !== at);
  const rival = others.sort((a, b) => b - a)[count - 1] ?? -Infinity;
  return wanted ? difference(own, rival) : difference(rival, own);
}

function comparisonMargin(
  { operator, left, right }: Extract<Condition, { kind: 'comparison' }>,
  observed: Observed,
  wanted: boolean,
): number {
  const [a, b] = [numberOf(left, observed), numberOf(right, observed)];
  if (Number.isNaN(a) || Number.isNaN(b)) return -Infinity;
  const equality = () =>
    equalityMargin(left, b, observed) ?? equalityMargin(right, a, observed) ?? -Math.abs(difference(a, b));
  switch (wanted ? operator : opposite[operator]) {
    case '<':
    case '<=':
      return difference(b, a);
    case '>':
    case '>=':
      return difference(a, b);
    case '==':
      return equality();
    case '!=':
      return -equality();
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
    case 'class':
      return part.index;
    case 'label':
    case 'predicted':
      return observed[part.kind] ?? Number.NaN;
    case 'row':
      return observed.row?.[part.index] ?? Number.NaN;
    case 'element':
      return valueAt(part, observed);
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

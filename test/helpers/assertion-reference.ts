// What an assertion means, written down a second time: plain, slow, three-valued, and over any arithmetic.
import type { Observed } from '../../src/policy/expression/evaluate.js';
import type { Condition, Numeric, Reduction } from '../../src/policy/expression/syntax.js';
import { isLess, minus, plus, type Rational, rational, times } from './rational.js';

/** undefined: neither. */
export type Truth = boolean | undefined;

/** Numbers; undefined is what is no number. */
type Arithmetic<N> = {
  of(value: number): N | undefined;
  add(a: N, b: N): N | undefined;
  negate(a: N): N;
  multiply(a: N, b: N): N | undefined;
  divide(a: N, b: N): N | undefined;
  less(a: N, b: N): boolean;
};

const known = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value);

/** Rounded as JavaScript rounds, from left to right. */
export const inFloat64: Arithmetic<number> = {
  of: known,
  add: (a, b) => known(a + b),
  negate: (a) => -a,
  multiply: (a, b) => known(a * b),
  divide: (a, b) => known(b === 0 ? a / 0 : a / b),
  less: (a, b) => a < b,
};

/** Of finite numbers; there is no number that is divided by zero. */
export const inFractions: Arithmetic<Rational> = {
  of: (value) => (Number.isFinite(value) ? rational(value) : undefined),
  add: plus,
  negate: (a) => minus(rational(0), a),
  multiply: times,
  divide: (a, b) => (b.n === 0n ? undefined : times(a, b.n < 0n ? { n: -b.d, d: -b.n } : { n: b.d, d: b.n })),
  less: isLess,
};

/** Whether an input violates it: it is not true, or an output is NaN, unless it is about other inputs. */
export function violates<N>(condition: Condition, observed: Observed, arithmetic: Arithmetic<N>): boolean {
  if (truthOf(condition, observed, arithmetic) !== true) return true;
  if (!Array.from(observed.y).some(Number.isNaN)) return false;
  const isAbout = condition.kind === 'implies' && !JSON.stringify(condition.left).match(/"of":"y"|"member"/);
  return !(isAbout && truthOf(condition.left, observed, arithmetic) === false);
}

export function truthOf<N>(condition: Condition, observed: Observed, arithmetic: Arithmetic<N>): Truth {
  const truth = (part: Condition) => truthOf(part, observed, arithmetic);
  switch (condition.kind) {
    case 'not':
      return not(truth(condition.of));
    case 'and':
      return and(truth(condition.left), truth(condition.right));
    case 'or':
      return not(and(not(truth(condition.left)), not(truth(condition.right))));
    case 'implies':
      return not(and(truth(condition.left), not(truth(condition.right))));
    case 'member':
      return memberTruth(condition, observed, arithmetic);
    case 'comparison': {
      const [a, b] = [condition.left, condition.right].map((side) => numberOf(side, observed, arithmetic));
      if (a === undefined || b === undefined) return undefined;
      const [less, more] = [arithmetic.less(a, b), arithmetic.less(b, a)];
      return {
        '<': less,
        '<=': less || !more,
        '>': more,
        '>=': more || !less,
        '==': !less && !more,
        '!=': less || more,
      }[condition.operator];
    }
  }
}

const not = (truth: Truth): Truth => (truth === undefined ? undefined : !truth);
const and = (a: Truth, b: Truth): Truth =>
  a === false || b === false ? false : a === undefined || b === undefined ? undefined : true;

function memberTruth<N>(
  { of, count }: Extract<Condition, { kind: 'member' }>,
  observed: Observed,
  arithmetic: Arithmetic<N>,
): Truth {
  const wanted = numberOf(of, observed, arithmetic);
  const outputs = Array.from(observed.y);
  const at = outputs.findIndex((_, place) => {
    const here = arithmetic.of(place);
    return (
      here !== undefined &&
      wanted !== undefined &&
      !arithmetic.less(here, wanted) &&
      !arithmetic.less(wanted, here)
    );
  });
  if (at < 0 || outputs.some(Number.isNaN)) return undefined;
  // A stable order from the greatest on.
  const ranked = outputs
    .map((value, place) => ({ value, place }))
    .sort((a, b) => (a.value > b.value ? -1 : a.value < b.value ? 1 : 0));
  return ranked.slice(0, count).some(({ place }) => place === at);
}

function best<N>(values: readonly (N | undefined)[], isBetter: (a: N, b: N) => boolean): N | undefined {
  let found: N | undefined;
  for (const value of values) {
    if (value === undefined) return undefined;
    if (found === undefined || isBetter(value, found)) found = value;
  }
  return found;
}

function numberOf<N>(part: Numeric, observed: Observed, arithmetic: Arithmetic<N>): N | undefined {
  const inner = (each: Numeric) => numberOf(each, observed, arithmetic);
  switch (part.kind) {
    case 'number':
      return arithmetic.of(part.value);
    case 'class':
      return arithmetic.of(part.index);
    case 'label':
      return arithmetic.of(observed.label);
    case 'predicted':
      return arithmetic.of(observed.predicted ?? Number.NaN);
    case 'row':
      return arithmetic.of(observed.row?.[part.index] ?? Number.NaN);
    case 'element': {
      const index = typeof part.index === 'number' ? part.index : observed[part.index];
      return arithmetic.of(observed[part.of][index ?? -1] ?? Number.NaN);
    }
    case 'negative':
      return negated(inner(part.of), arithmetic);
    case 'abs':
      return best([inner(part.of), negated(inner(part.of), arithmetic)], (a, b) => arithmetic.less(b, a));
    case 'arithmetic':
      return calculated(part.operator, inner(part.left), inner(part.right), arithmetic);
    case 'extremum':
      return best(part.of.map(inner), (a, b) =>
        part.by === 'max' ? arithmetic.less(b, a) : arithmetic.less(a, b),
      );
    case 'reduction':
      return reduced(part.by, Array.from(observed[part.of]), arithmetic);
  }
}

const negated = <N>(value: N | undefined, { negate }: Arithmetic<N>): N | undefined =>
  value === undefined ? undefined : negate(value);

function calculated<N>(
  operator: '+' | '-' | '*' | '/',
  a: N | undefined,
  b: N | undefined,
  { add, negate, multiply, divide }: Arithmetic<N>,
): N | undefined {
  if (a === undefined || b === undefined) return undefined;
  return {
    '+': () => add(a, b),
    '-': () => add(a, negate(b)),
    '*': () => multiply(a, b),
    '/': () => divide(a, b),
  }[operator]();
}

function reduced<N>(by: Reduction, plain: readonly number[], arithmetic: Arithmetic<N>): N | undefined {
  if (plain.some(Number.isNaN)) return undefined;
  const values = plain.map(arithmetic.of);
  switch (by) {
    case 'max':
      return best(values, (a, b) => arithmetic.less(b, a));
    case 'min':
      return best(values, arithmetic.less);
    case 'sum':
      return values.reduce<N | undefined>(
        (sum, value) => calculated('+', sum, value, arithmetic),
        arithmetic.of(0),
      );
    case 'confidence':
      return arithmetic.of(confidence(plain));
    case 'argmax':
      return arithmetic.of(plain.indexOf(Math.max(...plain)));
    case 'argmin':
      return arithmetic.of(plain.indexOf(Math.min(...plain)));
  }
}

function confidence(values: readonly number[]): number {
  const most = Math.max(...values);
  return Math.exp(0) / values.map((value) => Math.exp(value - most)).reduce((a, b) => a + b, 0);
}

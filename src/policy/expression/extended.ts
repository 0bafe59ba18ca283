// Fractions, infinities and NaN: what numbers of an assertion are when nothing is rounded.
import { compared, negated, over, plus, type Rational, rationalOf, signOf, times } from './rational.js';

/** A number is an infinity or NaN. */
export type Exact = Rational | number;

export const exact = (value: number): Exact => (Number.isFinite(value) ? rationalOf(value) : value);

const isFraction = (value: Exact): value is Rational => typeof value !== 'number';

/** Where an infinity takes part, only the sign of a finite number matters. */
const standIn = (value: Exact): number => (isFraction(value) ? signOf(value) : value);

/** Sign of a - b; NaN where either is. */
export function order(a: Exact, b: Exact): number {
  if (isFraction(a) && isFraction(b)) return compared(a, b);
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  return a === b ? 0 : Math.sign(standIn(a) - standIn(b));
}

type Binary = (a: Exact, b: Exact) => Exact;

const lifted =
  (finite: (a: Rational, b: Rational) => Exact, otherwise: (a: number, b: number) => number): Binary =>
  (a, b) =>
    isFraction(a) && isFraction(b) ? finite(a, b) : exact(otherwise(standIn(a), standIn(b)));

const negative = (a: Exact): Exact => (isFraction(a) ? negated(a) : -a);
const add = lifted(plus, (a, b) => a + b);

const extreme =
  (wanted: 1 | -1) =>
  (values: readonly Exact[]): Exact =>
    values.reduce((best, value) => {
      const sign = order(value, best);
      return Number.isNaN(sign) ? Number.NaN : sign === wanted ? value : best;
    });

export const exactly = {
  '+': add,
  '-': (a: Exact, b: Exact) => add(a, negative(b)),
  '*': lifted(times, (a, b) => a * b),
  // Zeros have no sign: a positive number by zero is infinity.
  '/': lifted(
    (a, b) => (b.n === 0n ? signOf(a) / 0 : over(a, b)),
    (a, b) => a / (b === 0 ? 0 : b),
  ),
  negative,
  /** NaN where some value is; at least one value. */
  greatest: extreme(1),
  least: extreme(-1),
} as const;

// One input and what is known of it: what assertions are judged by.
import type { Numeric } from './syntax.js';

export type Observed = {
  readonly x: ArrayLike<number>;
  /** What the model makes of it. */
  readonly y: ArrayLike<number>;
  /** Reference class. */
  readonly label: number;
  /** What the model answers at the row that the input is near to. */
  readonly predicted?: number;
  /** That row. */
  readonly row?: ArrayLike<number>;
};

export const valueAt = ({ of, index }: Extract<Numeric, { kind: 'element' }>, observed: Observed): number =>
  observed[of][typeof index === 'number' ? index : (observed[index] ?? Number.NaN)] ?? Number.NaN;

type Values = readonly number[];

const greatestOf = (values: Values): number =>
  values.reduce((most, value) => Math.max(most, value), -Infinity);
const leastOf = (values: Values): number => values.reduce((least, value) => Math.min(least, value), Infinity);

/** Of the first such element; NaN where some element is. */
const firstOf = (values: Values, wanted: number): number =>
  Number.isNaN(wanted) ? Number.NaN : values.indexOf(wanted);

/** The greatest of the softmax, in float64. */
function confidenceOf(values: Values): number {
  const greatest = greatestOf(values);
  return 1 / values.reduce((sum, value) => sum + Math.exp(value - greatest), 0);
}

/** Of a whole vector, all NaN where some element is. */
export const reductions = {
  argmax: (values: Values) => firstOf(values, greatestOf(values)),
  argmin: (values: Values) => firstOf(values, leastOf(values)),
  max: greatestOf,
  min: leastOf,
  sum: (values: Values) => values.reduce((sum, value) => sum + value, 0),
  confidence: confidenceOf,
} as const;

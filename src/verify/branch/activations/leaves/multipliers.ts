// Weights of a linear program as what the bounding program takes: weights of rows and multipliers of splits.
import type { Forms } from './forms.js';
import type { Optimum } from './linear-program.js';

export type Multipliers = {
  /** Of the rows, the greatest 1; all 0 where the splits alone contradict each other. */
  readonly rows: Float64Array<ArrayBuffer>;
  /** Of the splits. */
  readonly splits: Float32Array<ArrayBuffer>;
};

/** Rows that weigh less are left out: what they add is less than what rounding takes. */
const leastWeight = 1e-9;

export function multipliersOf(
  { units, count }: Pick<Forms, 'units' | 'count'>,
  { weights }: Pick<Optimum, 'weights'>,
  rows: number,
): Multipliers {
  const own = weights.map((weight, at) => (weight >= leastWeight ? weight / (units[at] ?? 1) : 0));
  const [ofRows, ofSplits] = [own.slice(0, rows), own.slice(rows, count)];
  const greatest = ofRows.reduce((most, weight) => Math.max(most, weight), 0);
  // Bounds are as good in any unit.
  const scale = greatest > 0 ? greatest : ofSplits.reduce((most, weight) => Math.max(most, weight), 0) || 1;
  return {
    rows: Float64Array.from(ofRows, (weight) => weight / scale),
    splits: Float32Array.from(ofSplits, (weight) => weight / scale),
  };
}

// What our criteria have besides: a state that is calibrated by some inputs without counting them as covered, so that the coverage
// of another set of inputs can be measured (measure.ts).
import type { Encoding } from '../../ops/encoding.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import type { CoverageCriterion, CoverageState, Start } from './criterion.js';

export type CalibratedCriterion = Omit<CoverageCriterion, 'createState'> & {
  /** Takes thresholds, ranges and references from the start; nothing is covered yet. */
  calibrate(start: Start): MeasurableState;
  createState(start: Start): MeasurableState;
  /** What the criterion thinks of a row, as a number: float32 [batch], such as its surprise. Reads what a snapshot has. */
  score?(p: Program, encoding: Encoding): Value | undefined;
};

export type MeasurableState = CoverageState & {
  /** Criteria with a score: counts a row with this score as covered. */
  cover?(score: number): void;
  measure(): Measure;
};

export type Measure = {
  /** Share of what can be covered, 0 to 1; null where there is no such total. */
  readonly covered: number | null;
  /** What was counted or computed, such as 812 of 1000 cells; null where there is no such number. */
  readonly value: number | null;
  /** What `value` is, in words. */
  readonly detail: string;
};

/** A criterion whose states start with the seeds as known. */
export const withSeeds = (parts: Omit<CalibratedCriterion, 'createState'>): CalibratedCriterion => ({
  ...parts,
  createState: (start) => {
    const state = parts.calibrate(start);
    for (const seed of rowsIn(start.seeds, start.width)) state.add(seed, false);
    return state;
  },
});

/** Row after row of some width. */
export const rowsIn = (data: Float32Array, width: number): Float32Array[] =>
  Array.from({ length: width === 0 ? 0 : data.length / width }, (_, row) =>
    data.subarray(row * width, (row + 1) * width),
  );

export function isFiniteRow(row: Float32Array): boolean {
  for (let at = 0; at < row.length; at++) if (!Number.isFinite(row[at])) return false;
  return true;
}

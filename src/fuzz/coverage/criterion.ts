// What a coverage criterion is: a cheap question asked of every execution, and a judgement on the few that pass it.
import type { Encoding } from '../../ops/encoding.js';
import type { CoverageSummary } from '../../findings/report.js';
import type { Program } from '../../program/program.js';
import type { Feeds } from '../../program/session.js';
import type { Value } from '../../program/value.js';

export type Screening = {
  /** float32 [batch], positive where the row may be new; computed for every execution, from the state fed in. */
  readonly novelty: Value;
  /** float32 [batch, k]: what the state needs to know of a candidate. */
  readonly profile: Value;
};

export type CoverageCriterion = {
  readonly name: string;
  /** Adds the criterion to a program. The names of the state's inputs start with the criterion's name. undefined: nothing to cover. */
  encode(p: Program, encoding: Encoding): Screening | undefined;
  /** @param seeds profiles of the seeds, row after row of `width` numbers: what thresholds are calibrated from */
  createState(seeds: Float32Array, width: number): CoverageState;
};

export type CoverageState = {
  /** The state as inputs of the screening program. */
  feeds(): Feeds;
  /** Whether a candidate is still new, given all that was kept before it; if so, it is remembered. */
  keep(profile: Float32Array): boolean;
  summary(): CoverageSummary;
};

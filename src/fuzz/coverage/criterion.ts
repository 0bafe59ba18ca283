// What a coverage criterion is: a cheap question asked of every execution, and a judgement on the few that pass it.

import type { CoverageSummary } from '../../findings/report.js';
import type { Encoding } from '../../ops/encoding.js';
import type { Program } from '../../program/program.js';
import type { Feeds } from '../../program/session.js';
import type { Value } from '../../program/value.js';

export type Screening = {
  /** float32 [batch], positive where the row may be new; computed for every execution, from the state fed in. */
  readonly novelty: Value;
  /** float32 [batch, k]: what the state needs to know of a candidate. */
  readonly profile: Value;
};

/** Profiles before the first execution, row after row of `width` numbers; mutant i descends from seed i. */
export type Start = {
  readonly seeds: Float32Array;
  readonly mutants: Float32Array;
  readonly width: number;
};

export type CoverageCriterion = {
  readonly name: string;
  /** Adds the criterion to a program. The names of the state's inputs start with the criterion's name. undefined: nothing to cover. */
  encode(p: Program, encoding: Encoding): Screening | undefined;
  /** Thresholds are calibrated from the seeds and one mutant of each. */
  createState(start: Start): CoverageState;
};

export type CoverageState = {
  /** What the screening program is to compare with: a copy, because the state moves on while batches are under way. */
  snapshot(): Snapshot;
  /**
   * Whether a candidate is still new, given what was kept after `screenedBy` was taken; if so, it is remembered.
   * A row that was not new to the snapshot itself must not be offered.
   */
  keep(profile: Float32Array, screenedBy: Snapshot): boolean;
  summary(): CoverageSummary;
};

export type Snapshot = {
  readonly feeds: Feeds;
  /** How much was kept when it was taken. */
  readonly kept: number;
};

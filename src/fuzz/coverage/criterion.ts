// What a coverage criterion is: a cheap question asked of every execution, an exact one asked of the few that pass it.
import type { CoverageSummary } from '../../findings/report.js';
import type { Encoding } from '../../ops/encoding.js';
import type { Program } from '../../program/program.js';
import type { Feeds } from '../../program/session.js';
import type { Value } from '../../program/value.js';

export type Profile = {
  /** float32 [batch], positive exactly where the row is new to the snapshot that is fed in. */
  readonly novelty: Value;
  /** float32 [batch, k]: what the state needs to know of a row. */
  readonly profile: Value;
};

/** Names of the state's inputs start with the criterion's name. Both functions: undefined where there is nothing to cover. */
export type CoverageCriterion = {
  readonly name: string;
  /**
   * float32 [batch], positive where the row may be new, and never otherwise; the greater, the likelier. Criteria without it are
   * too dear for every execution: they judge what the others suspect, and a few rows of every batch.
   * @param parent of each row: its position among the parents of the batch, int32 [batch]; see `parentFeeds`
   */
  screen?(p: Program, encoding: Encoding, parent: Value): Value | undefined;
  profile(p: Program, encoding: Encoding): Profile | undefined;
  /**
   * The same novelty, of profiles. Criteria that have this are dear to compare with all of the corpus: they are asked only about rows
   * that `isKnown` does not settle.
   * @param profile float32 [batch, k]
   */
  compare?(p: Program, profile: Value): Value;
  /** Thresholds and ranges are calibrated from the seeds and one mutant of each. */
  createState(start: Start): CoverageState;
};

/** Profiles before the first execution, row after row of `width` numbers; mutant i descends from seed i. */
export type Start = {
  readonly seeds: Float32Array;
  readonly mutants: Float32Array;
  readonly width: number;
};

/** Knows the profiles of all of the corpus, whichever criterion wanted them there. */
export type CoverageState = {
  /** What programs are to compare with: a copy, because the state moves on while batches are under way. */
  snapshot(): Snapshot;
  /** What `screen` reads about the parents of one batch, given their positions in the corpus. */
  parentFeeds?(entries: Int32Array): Feeds;
  /** Whether a row that is new to `since` is still new, given all that was added after it. */
  isNew(profile: Float32Array, since: Snapshot): boolean;
  /** Whether kin alone shows that a row is not new to the snapshot; needs to find only what is near, but nothing that is not. */
  isKnown?(profile: Float32Array, kin: Kin, since: Snapshot): boolean;
  /** @param wasNew whether this criterion wanted it */
  add(profile: Float32Array, wasNew: boolean): void;
  summary(): CoverageSummary;
};

/** Entries of the corpus that a row is most likely near to. */
export type Kin = {
  readonly parent: number;
  /** Those of the same seed, in order of arrival. */
  readonly siblings: readonly number[];
};

export type Snapshot = {
  /** Read by `screen` and `profile`: small, sent once per round. */
  readonly feeds: Feeds;
  /** Read by `profile` alone and large: the same object as long as it has not changed, so that it is sent once. */
  readonly table?: Feeds;
  /** Inputs in the corpus that `feeds` and `table` know. */
  readonly size: number;
};

// What a stage is: a way of making inputs out of the corpus and judging them. Everything random is drawn when a job is planned,
// so that jobs may run in any order and on any worker.
import type { Rng } from '../../base/rng.js';
import type { Tensor } from '../../base/tensor.js';
import type { Shared } from '../../program/session.js';
import type { Corpus } from '../corpus.js';
import type { Screened } from '../programs/screened.js';
import type { Scheduler } from '../schedule/scheduler.js';

/** Some judged inputs. */
export type Visit = {
  /** Mutator or stage that made the rows. */
  readonly by: string;
  /** Seed that each row descends from. */
  readonly seeds: Int32Array;
  /** Corpus entry that each row was made from. */
  readonly parents: Int32Array;
  /** Corpus entry that each row was mixed with; undefined where that is none. */
  readonly partners?: Int32Array | undefined;
  readonly screened: Screened;
  /** Rows that the coverage criteria are to look at, whatever their screens say. */
  readonly proposed: readonly number[];
  /** The numbers that made a row. */
  parameters(row: number): readonly number[];
  /** Rows, each [...input]. */
  inputs(rows: readonly number[]): Promise<Float32Array>;
};

export type Job = {
  /** Entries of the corpus that it starts from, once each per share of its executions. */
  readonly entries: Int32Array;
  /** At most. */
  readonly executions: number;
  run(): Promise<readonly Visit[]>;
};

/** What a round of jobs has in common. */
export type RoundState = {
  /** Snapshots of the coverage states. */
  readonly shared: Shared;
  parentFeeds(entries: Int32Array): Record<string, Tensor>;
};

export type Plan = {
  readonly corpus: Corpus;
  readonly scheduler: Scheduler;
  readonly round: RoundState;
  /** Of one call of the model, at most. */
  readonly rows: number;
  /** That the job may take, at most; not fewer than `rows`. */
  readonly executions: number;
  readonly rng: Rng;
  /** The next so many entries are seeds from which nothing climbed yet: they are to be taken as they are. */
  readonly fresh: number;
};

export type Stage = {
  readonly name: string;
  /** Time of one execution, in that of a mutant's. */
  readonly cost: number;
  /** Whether it goes where an objective's gradients lead: worth a try from every seed. */
  readonly climbs?: true;
  plan(plan: Plan): Job;
};

// What a scheduler is: it says which corpus entry to mutate next, and is told what came of it.
import type { Rng } from '../../base/rng.js';
import type { Corpus } from '../corpus.js';

export type Scheduler = {
  /** Position of an entry in the corpus whose instance is open. */
  next(rng: Rng): number;
  learn(outcome: Outcome): void;
};

/** What came of the children of one entry in one batch. */
export type Outcome = {
  readonly entry: number;
  readonly executions: number;
  /** Children that joined the corpus. */
  readonly kept: number;
  /** Children that were findings. */
  readonly findings: number;
};

export type ScheduleContext = {
  /** Starts with the seeds; grows while the scheduler is used. */
  readonly corpus: Corpus;
  readonly seedCount: number;
  /** Whether the instance of a seed is still undecided; some seed is open. */
  isOpen(seed: number): boolean;
};

export type CreateScheduler = (context: ScheduleContext) => Scheduler;

/** A caller's mistake: schedulers are only asked while some seed is open. */
export const noOpenEntry = (): Error =>
  new Error('the scheduler was asked for an entry, but every instance is closed');

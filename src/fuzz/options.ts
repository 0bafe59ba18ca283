// What a run of the fuzzer is told.
import type { Deadline } from '../base/deadline.js';
import type { CoverageCriterion } from './coverage/criterion.js';
import type { CreateMutator } from './mutators/mutator.js';
import type { CreateScheduler } from './schedule/scheduler.js';
import type { Kept } from './seed-corpus.js';
import type { Given } from './seed-visits.js';
import type { Gradients } from './stages/index.js';

export type FuzzOptions = {
  readonly criteria: readonly CoverageCriterion[];
  /** Those that apply are used; some must. */
  readonly mutators: readonly CreateMutator[];
  readonly scheduler: CreateScheduler;
  readonly gradients: Gradients;
  /** Whether objectives without gradients are climbed generation by generation; by default where there is feedback. */
  readonly climbs?: boolean;
  /** Whether inputs join the corpus. Without, only the seeds are mutated. */
  readonly feedback: boolean;
  /** Whether a finding of the main objective decides its instance; otherwise the search for others goes on. */
  readonly decides: boolean;
  readonly seed: number;
  /** Executions of the model over all instances. */
  readonly executions: number;
  readonly deadline: Deadline;
  /** Rows of one batch, at most; see `rowsWithin`. */
  readonly rowsPerBatch: number;
  /** What earlier runs kept, and how many there were: each run draws other numbers. */
  readonly earlier?: Earlier;
};

export type Earlier = {
  readonly kept: readonly Kept[];
  readonly runs: number;
  /** Judged again before anything else. */
  readonly findings?: readonly Given[];
};

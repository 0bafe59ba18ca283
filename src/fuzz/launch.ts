// Launching a round: which stages, how many rows, from which entries. Everything random is drawn here, in order.
import type { Rng } from '../base/rng.js';
import type { RunningJob } from './judge-round.js';
import type { FuzzOptions } from './options.js';
import type { Prepared } from './prepare.js';
import type { Scheduler } from './schedule/scheduler.js';
import type { Snapshots } from './snapshots.js';
import type { Stage } from './stages/stage.js';

/** Small batches come in small rounds: fewer calls for the same number of rounds. */
const batchesPerRound = { small: 4, large: 8 };
const largeBatch = 256;
/**
 * One is judged while the others run. Judging takes three calls, each behind up to two batches of its worker, and a large round is
 * four batches for each of two workers: by this count, one round more keeps them busy. What a small round has found is wanted soon.
 */
const roundsAtOnce = { small: 2, large: 3 };
/**
 * Rows of the first batches, and how many executions before it a batch has one row for. By mutants alone the first NaN of an MNIST
 * network with an unsafe loss came after 13,000 to 33,000 executions with these and rounds of four; with twice as
 * many in a round after 31,000 to 60,000.
 */
const leastBatch = 32;
const executionsPerRow = { early: 256, late: 64 };
/** Seeds that are looked for, at most, when a climb starts from fresh ones. */
const freshPerJob = 64;
/** Of so many jobs the last is a trial of whatever the bandit likes. */
const jobsPerTrial = 32;
/** From here on throughput counts more than what the last round has found: small batches reach a third of it. */
const settled = 2 ** 15;

export type Launched = { readonly jobs: readonly RunningJob[]; readonly snapshots: Snapshots };

export function launch(run: Prepared, options: FuzzOptions): Launched {
  const snapshots = run.takeSnapshots();
  const { stages, ledger, rng } = run;
  const jobs: RunningJob[] = [];
  const rows = rowsPerBatch(run, options);
  const batches = run.launched.count === 0 ? 1 : batchesPerRound[sizeOf(rows)];
  for (let count = 0; count < batches && ledger.planned < options.executions; count++) {
    const { arm, scheduler, fresh } = nextArm(run, rng);
    const stage = stages[arm] as Stage;
    const left = options.executions - ledger.planned;
    const job = stage.plan({
      corpus: run.corpus,
      scheduler,
      round: snapshots,
      rows: Math.min(rows, left),
      executions: left,
      rng,
      fresh,
    });
    ledger.planned += job.executions;
    run.launched.count++;
    const visits = run.lane(job.run);
    // It may fail while the round before it is still being judged; whoever judges its own round is told.
    visits.catch(() => {});
    jobs.push({ arm, cost: stage.cost, job, visits });
  }
  return { jobs, snapshots };
}

/** Planned executions decide, and neither the clock nor the number of workers. */
export const roundsUnderWay = (run: Prepared, options: FuzzOptions): number =>
  roundsAtOnce[sizeOf(rowsPerBatch(run, options))];

const rowsPerBatch = (run: Prepared, options: FuzzOptions): number =>
  Math.min(options.rowsPerBatch, rowsAfter(executionsWithoutProgress(run)));

const sizeOf = (rows: number): 'small' | 'large' => (rows < largeBatch ? 'small' : 'large');

/** Small batches while little is known: what a round finds is mutated two rounds later, and a round costs as much as has been learnt. */
function rowsAfter(executions: number): number {
  const perRow = executions < settled ? executionsPerRow.early : executionsPerRow.late;
  return 2 ** Math.floor(Math.log2(Math.max(leastBatch, executions / perRow)));
}

/**
 * Where one box holds all inputs, the way to a violation is one climb, and rounds stay small as long as it goes on. Of many
 * instances some always comes nearer: there all executions count.
 */
function executionsWithoutProgress({ target, ledger, launched }: Prepared): number {
  const isOneClimb = target.set.lower.shape[0] === 1;
  return isOneClimb ? ledger.planned - launched.lastNearer : ledger.planned;
}

/**
 * First climbs from every seed, then those that still find new failures, in turns. Of the rest, every stage has one job before the
 * bandit chooses.
 */
function nextArm(
  { launched, sweeps, stages, judge: { bandit, scheduler, streaks } }: Prepared,
  rng: Rng,
): Arm {
  const mayClimb = launched.count % jobsPerTrial < jobsPerTrial - 1;
  const sweep = mayClimb ? sweeps.find(({ seeds }) => seeds.left(1) > 0) : undefined;
  if (sweep !== undefined)
    return { arm: sweep.arm, scheduler: sweep.seeds, fresh: sweep.seeds.left(freshPerJob) };
  const streak = mayClimb ? sweeps.filter((one) => streaks.isOn(one.arm)) : [];
  const next = streak[launched.count % streak.length];
  if (next !== undefined) return { arm: next.arm, scheduler: next.seeds, fresh: 0 };
  const arm = launched.chosen < stages.length ? launched.chosen : bandit.choose(rng);
  launched.chosen++;
  return { arm, scheduler: sweeps.find((sweep) => sweep.arm === arm)?.seeds ?? scheduler, fresh: 0 };
}

type Arm = { readonly arm: number; readonly scheduler: Scheduler; readonly fresh: number };

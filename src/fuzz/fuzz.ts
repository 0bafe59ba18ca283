// Coverage-guided fuzzing in rounds: the main thread plans and decides, workers execute. A round's jobs are planned from
// the corpus as it stood when the round before it was launched, so that the workers never wait, and are judged in order:
// the result depends on the seed and the budget only, not on the number of workers.
import type { Deadline } from '../base/deadline.js';
import { createRng, type Rng } from '../base/rng.js';
import type { FuzzingSummary } from '../findings/report.js';
import type { Runtime } from '../program/session.js';
import type { Corpus } from './corpus.js';
import type { CoverageCriterion, CoverageState } from './coverage/criterion.js';
import type { FuzzEvents } from './events.js';
import { type Judge, judgeRound, type RunningJob } from './judge-round.js';
import { createLane } from './lane.js';
import { createLedger, type Ledger } from './ledger.js';
import type { CreateMutator, Mutator } from './mutators/mutator.js';
import { judgeProgram } from './programs/judge.js';
import { tablesOf } from './programs/mutation.js';
import { profileProgram } from './programs/profile.js';
import { screenProgram } from './programs/screen.js';
import { createBandit } from './schedule/bandit.js';
import { favouring } from './schedule/favour.js';
import type { CreateScheduler } from './schedule/scheduler.js';
import { type Kept, seedCorpus } from './seed-corpus.js';
import { type Given, judgeGiven, seedsOf } from './seed-visits.js';
import { createSnapshots, type Snapshots } from './snapshots.js';
import { createStages, type Gradients } from './stages/index.js';
import type { Stage } from './stages/stage.js';
import type { FuzzTarget } from './target.js';

export type FuzzOptions = {
  readonly criteria: readonly CoverageCriterion[];
  /** Those that apply are used; some must. */
  readonly mutators: readonly CreateMutator[];
  readonly scheduler: CreateScheduler;
  readonly gradients: Gradients;
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

export type FuzzResult = FuzzingSummary & {
  readonly corpus: Corpus;
  /** Per instance. */
  readonly executionsOf: Float64Array;
  /** Per instance; Infinity where the property has no margin. */
  readonly smallestMargin: Float32Array;
};

export const greatestBatch = 1024;
/** Small batches come in small rounds: fewer calls for the same number of rounds. */
const batchesPerRound = { small: 4, large: 8 };
const largeBatch = 256;
/** One is judged while the other runs. */
const roundsUnderWay = 2;
/**
 * Rows of the first batches, and how many executions before it a batch has one row for. Without gradients the first NaN of an MNIST
 * network with an unsafe loss came after 13,000 to 33,000 executions with these and rounds of four; with twice as
 * many in a round after 31,000 to 60,000.
 */
const leastBatch = 32;
const executionsPerRow = 256;

export async function fuzz(
  target: FuzzTarget,
  options: FuzzOptions,
  events: FuzzEvents,
  runtime: Runtime,
): Promise<FuzzResult> {
  const run = await prepare(target, options, events, runtime);
  const { ledger, corpus, states } = run;
  const more = () =>
    ledger.planned < options.executions && ledger.openCount > 0 && !options.deadline.expired();
  events.grown?.(corpus);
  if (!options.decides && more()) await judgeAtStart(run, options, events);
  const underWay: Launched[] = [];
  try {
    for (;;) {
      while (underWay.length < roundsUnderWay && more()) underWay.push(launch(run, options));
      const [current] = underWay;
      if (current === undefined) break;
      await judgeRound({ ...current.snapshots, jobs: current.jobs }, run.judge);
      underWay.shift();
      current.snapshots.release();
      events.grown?.(corpus);
      events.progress(run.progress());
    }
  } finally {
    await abandon(underWay);
    run.tables.release();
  }
  return {
    executions: ledger.executed,
    corpusSize: corpus.size,
    coverage: states.map((state) => state.summary()),
    corpus,
    executionsOf: ledger.executionsOf,
    smallestMargin: ledger.smallestMargin,
  };
}

async function judgeAtStart(
  { target, judgement, judge }: Prepared,
  { executions, earlier }: FuzzOptions,
  events: FuzzEvents,
): Promise<void> {
  for (const given of [...(earlier?.findings ?? []), seedsOf(target)])
    await judgeGiven(target, judgement, judge, given, executions - judge.ledger.planned, events);
}

type Prepared = Awaited<ReturnType<typeof prepare>>;

async function prepare(target: FuzzTarget, options: FuzzOptions, events: FuzzEvents, runtime: Runtime) {
  const { set } = target;
  const mutators = createMutators(target, options);
  const profiles = await profileProgram(target, options.criteria, runtime);
  const judgement = await judgeProgram(target, runtime);
  const tables = runtime.share(tablesOf(target));
  const screens = screenProgram(target, profiles.criteria, tables, runtime);
  const runs = options.earlier?.runs ?? 0;
  const { corpus, states } = await seedCorpus(
    target,
    screens,
    profiles,
    mutators[0],
    options.earlier?.kept ?? [],
    createRng(options.seed, 'calibration'),
  );
  const objectives = judgement.signals;
  const ledger = createLedger(set, {
    objectives: [...objectives, ...(target.opinion ? [target.opinion.objective] : [])],
    openInstances: target.open,
    decides: options.decides,
  });
  const isOpen = (seed: number) => ledger.isOpen(set.instanceOf[seed] ?? 0);
  const scheduler = favouring(
    options.scheduler({ corpus, seedCount: set.instanceOf.length, isOpen }),
    (instance) => ledger.isOpen(instance),
  );
  const { gradients } = options;
  const parts = { target, screens, mutators, criteria: profiles.criteria, objectives, gradients, tables };
  const stages = await createStages(parts, runtime);
  const bandit = createBandit(stages.map(({ name }) => name));
  let lastNew = 0;
  const joined = () => {
    lastNew = ledger.executed;
  };
  const { confirm } = events;
  const { feedback } = options;
  const judge: Judge = {
    set,
    ledger,
    corpus,
    states,
    profiles,
    scheduler,
    bandit,
    feedback,
    confirm,
    joined,
  };
  return {
    target,
    ledger,
    corpus,
    states,
    stages,
    judge,
    judgement,
    takeSnapshots: createSnapshots(states, runtime),
    tables,
    lane: createLane(2 * runtime.workers),
    rng: createRng(options.seed, runs === 0 ? 'fuzz' : `fuzz/${runs}`),
    launched: { count: 0 },
    progress: () => ({
      executions: ledger.executed,
      corpusSize: corpus.size,
      open: ledger.openCount,
      coverage: states.map((state: CoverageState) => state.summary()),
      violations: ledger.violations,
      lastNew,
      stages: bandit.table(),
    }),
  };
}

function createMutators({ domain }: FuzzTarget, options: FuzzOptions): [Mutator, ...Mutator[]] {
  const [first, ...others] = options.mutators.flatMap((create) => create(domain, options.seed) ?? []);
  if (first === undefined) throw new RangeError('no mutator applies to such inputs');
  return [first, ...others];
}

type Launched = { readonly jobs: readonly RunningJob[]; readonly snapshots: Snapshots };

/** Threads that are ended while ONNX Runtime computes take the whole process with them. */
async function abandon(rounds: readonly Launched[]): Promise<void> {
  await Promise.allSettled(rounds.flatMap(({ jobs }) => jobs.map(({ visits }) => visits)));
  for (const { snapshots } of rounds) snapshots.release();
}

function launch(run: Prepared, options: FuzzOptions): Launched {
  const snapshots = run.takeSnapshots();
  const { stages, ledger, rng } = run;
  const jobs: RunningJob[] = [];
  const rows = Math.min(options.rowsPerBatch, rowsAfter(ledger.planned));
  const usual = rows < largeBatch ? batchesPerRound.small : batchesPerRound.large;
  const batches = run.launched.count === 0 ? 1 : usual;
  for (let count = 0; count < batches && ledger.planned < options.executions; count++) {
    const arm = nextArm(run, rng);
    const stage = stages[arm] as Stage;
    const left = options.executions - ledger.planned;
    const job = stage.plan({
      corpus: run.corpus,
      scheduler: run.judge.scheduler,
      round: snapshots,
      rows: Math.min(rows, left),
      executions: left,
      rng,
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

/** Small batches while little is known: what a round finds is mutated two rounds later, and a round costs as much as has been learnt. */
function rowsAfter(executions: number): number {
  const share = Math.max(leastBatch, executions / executionsPerRow);
  return 2 ** Math.floor(Math.log2(share));
}

/** Every stage once, in order, before the bandit chooses. */
const nextArm = ({ launched, stages, judge: { bandit } }: Prepared, rng: Rng): number =>
  launched.count < stages.length ? launched.count : bandit.choose(rng);

export type { FuzzEvents, Hit } from './events.js';
export type { FuzzTarget } from './target.js';
export type { Ledger };

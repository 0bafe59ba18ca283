// Coverage-guided fuzzing in rounds: the main thread plans and decides, workers execute. A round's jobs are planned from
// the corpus as it stood when the round before it was launched, so that the workers never wait, and are judged in order:
// the result depends on the seed and the budget only, not on the number of workers.
import type { FuzzingPoint, FuzzingSummary } from '../findings/report.js';
import type { Runtime } from '../program/session.js';
import type { Corpus } from './corpus.js';
import type { FuzzEvents } from './events.js';
import { judgeRound } from './judge-round.js';
import { type Launched, launch, roundsUnderWay } from './launch.js';
import type { FuzzOptions } from './options.js';
import { type Prepared, prepare } from './prepare.js';
import { judgeGiven, seedsOf } from './seed-visits.js';
import { createSeries } from './series.js';
import type { FuzzTarget } from './target.js';

export type FuzzResult = FuzzingSummary & {
  readonly corpus: Corpus;
  /** Per instance. */
  readonly executionsOf: Float64Array;
  /** Per instance; Infinity where the property has no margin. */
  readonly smallestMargin: Float32Array;
};

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
  const series = createSeries();
  const record = () => series.add(pointOf(run));
  record();
  const underWay: Launched[] = [];
  try {
    for (;;) {
      while (underWay.length < roundsUnderWay(run, options) && more()) underWay.push(launch(run, options));
      const [current] = underWay;
      if (current === undefined) break;
      await judgeRound({ ...current.snapshots, jobs: current.jobs }, run.judge);
      underWay.shift();
      current.snapshots.release();
      events.grown?.(corpus);
      record();
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
    series: series.points(),
    corpus,
    executionsOf: ledger.executionsOf,
    smallestMargin: ledger.smallestMargin,
  };
}

const pointOf = ({ ledger, corpus, states }: Prepared): FuzzingPoint => ({
  executions: ledger.executed,
  corpusSize: corpus.size,
  coverage: states.map((state) => {
    const { kept, covered } = state.summary();
    return covered ?? kept;
  }),
});

async function judgeAtStart(
  { target, judgement, judge }: Prepared,
  { executions, earlier }: FuzzOptions,
  events: FuzzEvents,
): Promise<void> {
  for (const given of [...(earlier?.findings ?? []), seedsOf(target)])
    await judgeGiven(target, judgement, judge, given, executions - judge.ledger.planned, events);
}

/** Threads that are ended while ONNX Runtime computes take the whole process with them. */
async function abandon(rounds: readonly Launched[]): Promise<void> {
  await Promise.allSettled(rounds.flatMap(({ jobs }) => jobs.map(({ visits }) => visits)));
  for (const { snapshots } of rounds) snapshots.release();
}

export type { FuzzEvents, Hit } from './events.js';
export type { FuzzOptions } from './options.js';
export type { FuzzTarget } from './target.js';

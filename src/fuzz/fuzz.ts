// Coverage-guided fuzzing in rounds: the main thread mutates and decides, workers execute. A round's batches are made from
// the corpus as it stood when the round before it was launched, so that the workers never wait, and are judged in order:
// the result depends on the seed and the budget only, not on the number of workers.
import type { Deadline } from '../base/deadline.js';
import { createRng } from '../base/rng.js';
import { float32 } from '../base/tensor.js';
import type { FuzzingSummary } from '../findings/report.js';
import type { Encode } from '../ops/encoding.js';
import type { InputSet } from '../policy/input-set.js';
import type { Runtime } from '../program/session.js';
import { type Batch, makeBatch } from './batches.js';
import type { Corpus } from './corpus.js';
import type { CoverageCriterion, CoverageState, Snapshot } from './coverage/criterion.js';
import { candidatesOf, createLedger, isNew, type Ledger } from './ledger.js';
import type { Mutator } from './mutators/mutator.js';
import { createScheduler } from './scheduler.js';
import { compileScreening, type Screened, type Screening } from './screening.js';
import { seedCorpus } from './seed-corpus.js';

export type FuzzTarget = {
  readonly encode: Encode;
  readonly set: InputSet;
  /** Reference class per instance. */
  readonly targets: Int32Array;
  /** Instances still to be decided; some. */
  readonly open: readonly number[];
  readonly batched: boolean;
};

export type FuzzOptions = {
  readonly criteria: readonly CoverageCriterion[];
  readonly mutator: (seed: number, shape: readonly number[]) => Mutator;
  readonly seed: number;
  /** Executions of the model over all instances. */
  readonly executions: number;
  readonly deadline: Deadline;
};

/** What looks like a violation. */
export type Hit = {
  readonly instance: number;
  readonly seed: number;
  readonly input: Float32Array;
  /** Executions spent on the instance up to this one. */
  readonly executions: number;
};

export type FuzzEvents = {
  /** Replays a hit on the original model; true decides the instance. */
  confirm(hit: Hit): Promise<boolean>;
  /** A row that seems to have a NaN or an infinity somewhere in the graph; true where that is settled. */
  nonFinite(hit: Hit): Promise<boolean>;
  progress(state: { readonly executions: number; readonly corpusSize: number; readonly open: number }): void;
};

export type FuzzResult = FuzzingSummary & {
  readonly corpus: Corpus;
  /** Per instance. */
  readonly executionsOf: Int32Array;
  /** Per instance; Infinity where the property has no margin. */
  readonly smallestMargin: Float32Array;
};

export const rowsPerBatch = 512;
const batchesPerRound = 8;
/** More candidates of one batch than this wait until they are found again. */
const candidatesPerBatch = 32;

export async function fuzz(
  target: FuzzTarget,
  options: FuzzOptions,
  events: FuzzEvents,
  runtime: Runtime,
): Promise<FuzzResult> {
  const { set } = target;
  const mutator = options.mutator(options.seed, set.shape);
  const screening = await compileScreening({ ...target, criteria: options.criteria, mutator }, runtime);
  const ledger = createLedger(set, target.open);
  const { corpus, states } = await seedCorpus(
    screening,
    set,
    target.batched,
    mutator,
    createRng(options.seed, 'calibration'),
  );
  const scheduler = createScheduler(corpus, set.instanceOf.length, (seed) =>
    ledger.isOpen(set.instanceOf[seed] ?? 0),
  );
  const rng = createRng(options.seed, 'fuzz');

  const launch = (): Round => {
    const snapshots = states.map((state) => state.snapshot());
    const feeds = Object.assign({}, ...snapshots.map((snapshot) => snapshot.feeds));
    const jobs: Job[] = [];
    for (let count = 0; count < batchesPerRound && ledger.planned < options.executions; count++) {
      const rows = Math.min(target.batched ? rowsPerBatch : 1, options.executions - ledger.planned);
      const entries = Int32Array.from({ length: rows }, () => scheduler.next(rng));
      const batch = makeBatch(set, target.targets, corpus, entries, mutator, rng);
      ledger.planned += rows;
      jobs.push({ batch, result: screening.screen(batch, feeds) });
    }
    return { jobs, snapshots };
  };
  const more = () =>
    ledger.planned < options.executions && ledger.openCount > 0 && !options.deadline.expired();

  let current: Round | undefined = more() ? launch() : undefined;
  while (current !== undefined) {
    const next: Round | undefined = more() ? launch() : undefined;
    try {
      await judgeRound(current, { screening, ledger, corpus, states, set, events });
    } catch (error) {
      // Threads that are ended while ONNX Runtime computes take the whole process with them.
      await Promise.allSettled([current, next].flatMap((round) => round?.jobs.map(({ result }) => result)));
      throw error;
    }
    events.progress({ executions: ledger.executed, corpusSize: corpus.size, open: ledger.openCount });
    current = next;
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

type Job = { readonly batch: Batch; readonly result: Promise<Screened> };

/** Batches that are under way together, and the coverage that they are screened by. */
type Round = { readonly jobs: readonly Job[]; readonly snapshots: readonly Snapshot[] };

type Judge = {
  readonly screening: Screening;
  readonly ledger: Ledger;
  readonly corpus: Corpus;
  readonly states: readonly CoverageState[];
  readonly set: InputSet;
  readonly events: FuzzEvents;
};

/** Findings first, then whatever is new to some criterion joins the corpus. */
async function judgeRound(round: Round, judge: Judge): Promise<void> {
  const results = await Promise.all(round.jobs.map(({ result }) => result));
  for (const [at, screened] of results.entries()) {
    const batch = round.jobs[at]?.batch;
    if (batch === undefined) continue;
    for (const hit of judge.ledger.record(batch, screened)) {
      if (await judge.events.confirm(hit)) judge.ledger.close(hit.instance);
    }
    const strange = judge.ledger.firstNonFinite(batch, screened);
    if (strange !== undefined && (await judge.events.nonFinite(strange))) judge.ledger.settleNonFinite();
  }
  await enlargeCorpus(round, results, judge);
}

async function enlargeCorpus(
  round: Round,
  results: readonly Screened[],
  { screening, corpus, states, set }: Judge,
): Promise<void> {
  const { size } = set;
  const candidates = round.jobs.flatMap(({ batch }, at) =>
    candidatesOf(results[at], candidatesPerBatch).map((row) => ({
      input: results[at]?.inputs.subarray(row * size, (row + 1) * size) ?? new Float32Array(size),
      seed: batch.seeds[row] ?? 0,
      newTo: results[at]?.novelty.map((novelty) => isNew(novelty[row])) ?? [],
    })),
  );
  if (candidates.length === 0) return;
  const inputs = new Float32Array(candidates.length * size);
  candidates.forEach(({ input }, row) => {
    inputs.set(input, row * size);
  });
  const profiles = await screening.profile(float32(inputs, [candidates.length, ...set.shape]));
  candidates.forEach(({ input, seed, newTo }, row) => {
    // Every criterion is asked, so that each remembers what it saw first.
    const kept = states.map((state, at) => {
      const [profile, snapshot] = [profiles[at], round.snapshots[at]];
      if (profile === undefined || snapshot === undefined || !(newTo[at] ?? false)) return false;
      const width = profile.length / candidates.length;
      return state.keep(profile.subarray(row * width, (row + 1) * width), snapshot);
    });
    if (kept.some(Boolean)) corpus.add(input, seed);
  });
}

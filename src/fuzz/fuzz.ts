// Coverage-guided fuzzing in rounds: the main thread mutates and decides, workers execute. A round's batches are made from
// the corpus as it stood when the round before it was launched, so that the workers never wait, and are judged in order:
// the result depends on the seed and the budget only, not on the number of workers.
import type { Deadline } from '../base/deadline.js';
import { createRng } from '../base/rng.js';
import type { FuzzingSummary } from '../findings/report.js';
import type { Encode } from '../ops/encoding.js';
import type { InputSet } from '../policy/input-set.js';
import type { Runtime } from '../program/session.js';
import { makeBatch } from './batches.js';
import type { Corpus } from './corpus.js';
import type { CoverageCriterion } from './coverage/criterion.js';
import { judgeRound, type Round } from './judge-round.js';
import { createLane } from './lane.js';
import { createLedger } from './ledger.js';
import type { Mutator } from './mutators/mutator.js';
import { createScheduler } from './scheduler.js';
import { compileScreening } from './screening.js';
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

export const rowsPerBatch = 1024;
const batchesPerRound = 8;

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
  const lane = createLane(2 * runtime.workers);

  const launch = (): Round => {
    const snapshots = states.map((state) => state.snapshot());
    const shared = screening.share(corpus, Object.assign({}, ...snapshots.map((snapshot) => snapshot.feeds)));
    const jobs: Round['jobs'][number][] = [];
    for (let count = 0; count < batchesPerRound && ledger.planned < options.executions; count++) {
      const rows = Math.min(target.batched ? rowsPerBatch : 1, options.executions - ledger.planned);
      const entries = Int32Array.from({ length: rows }, () => scheduler.next(rng));
      const batch = makeBatch(corpus, entries, mutator, rng);
      ledger.planned += rows;
      jobs.push({ batch, result: lane(() => screening.screen(batch, shared)) });
    }
    return { jobs, snapshots, shared };
  };
  const more = () =>
    ledger.planned < options.executions && ledger.openCount > 0 && !options.deadline.expired();

  let current: Round | undefined = more() ? launch() : undefined;
  while (current !== undefined) {
    const next: Round | undefined = more() ? launch() : undefined;
    try {
      await judgeRound(current, { screening, ledger, corpus, states, events });
    } catch (error) {
      // Threads that are ended while ONNX Runtime computes take the whole process with them.
      await Promise.allSettled([current, next].flatMap((round) => round?.jobs.map(({ result }) => result)));
      throw error;
    }
    current.shared.release();
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

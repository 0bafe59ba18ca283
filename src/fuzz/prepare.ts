// Everything that a run needs before its first round: programs, the corpus at its start, books, stages.
import { createRng } from '../base/rng.js';
import type { Runtime } from '../program/session.js';
import type { CoverageState } from './coverage/criterion.js';
import type { FuzzEvents } from './events.js';
import type { Judge } from './judge-round.js';
import { createLane } from './lane.js';
import { createLedger } from './ledger.js';
import type { Mutator } from './mutators/mutator.js';
import type { FuzzOptions } from './options.js';
import { judgeProgram } from './programs/judge.js';
import { tablesOf } from './programs/mutation.js';
import { profileProgram } from './programs/profile.js';
import { screenProgram } from './programs/screen.js';
import { createBandit } from './schedule/bandit.js';
import { favouring } from './schedule/favour.js';
import { createStreaks } from './schedule/streaks.js';
import { createSweep } from './schedule/sweep.js';
import { seedCorpus } from './seed-corpus.js';
import { createSnapshots } from './snapshots.js';
import { createStages } from './stages/index.js';
import type { FuzzTarget } from './target.js';

export type Prepared = Awaited<ReturnType<typeof prepare>>;

export async function prepare(
  target: FuzzTarget,
  options: FuzzOptions,
  events: FuzzEvents,
  runtime: Runtime,
) {
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
  const { gradients, feedback, climbs = feedback, seed } = options;
  const { criteria } = profiles;
  const parts = { target, screens, mutators, criteria, judgement, gradients, climbs, seed, tables };
  const stages = await createStages(parts, runtime);
  const bandit = createBandit(stages.map(({ name }) => name));
  // Runs that decide instances come after an attack that did the same.
  const sweeps = stages.flatMap(({ climbs }, arm) =>
    climbs && !options.decides
      ? [{ arm, seeds: createSweep({ seedCount: set.instanceOf.length, isOpen }, scheduler) }]
      : [],
  );
  const launched = { count: 0, chosen: 0, lastNearer: 0 };
  const cameNearer = () => {
    launched.lastNearer = ledger.executed;
  };
  const { confirm } = events;
  const judge: Judge = {
    set,
    ledger,
    corpus,
    states,
    profiles,
    scheduler,
    bandit,
    streaks: createStreaks(stages.length),
    feedback,
    confirm,
    cameNearer,
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
    sweeps,
    launched,
    progress: () => ({
      executions: ledger.executed,
      corpusSize: corpus.size,
      open: ledger.openCount,
      coverage: states.map((state: CoverageState) => state.summary()),
      violations: ledger.violations,
      stages: bandit.table(),
    }),
  };
}

function createMutators({ domain }: FuzzTarget, options: FuzzOptions): [Mutator, ...Mutator[]] {
  const [first, ...others] = options.mutators.flatMap((create) => create(domain, options.seed) ?? []);
  if (first === undefined) throw new RangeError('no mutator applies to such inputs');
  return [first, ...others];
}

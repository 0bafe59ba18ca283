// A first, cheap search for violations: the seeds themselves, corners and random points, sign-gradient descent (Madry et
// al., arXiv 1706.06083). Every instance gets the same number of executions, in batches that do not depend on the workers.

import type { Deadline } from '../base/deadline.js';
import { inLanes } from '../base/lanes.js';
import { createRng, type Rng } from '../base/rng.js';
import type { Encode } from '../ops/encoding.js';
import type { InputSet } from '../policy/input-set.js';
import type { Runtime } from '../program/session.js';
import { cornerPoint, keptInside, type PointMaker, randomPoint, seedPoint } from './attack-points.js';
import { type AttackProgram, compileAttack, type Judged } from './attack-program.js';
import { type Attempt, createProgress } from './attack-progress.js';

export type AttackTarget = {
  readonly encode: Encode;
  readonly set: InputSet;
  /** Reference class per instance. */
  readonly targets: Int32Array;
  /** Whether the model may be run on several rows at once. */
  readonly batched: boolean;
};

export type AttackBudget = {
  /** Executions of the model per instance; the seeds are always executed. */
  readonly executionsPerInstance: number;
  readonly deadline: Deadline;
};

/** A point that looks like a violation, to be confirmed by replay. */
export type AttackHit = {
  readonly instance: number;
  readonly seed: number;
  readonly input: Float32Array;
  readonly foundBy: 'seed' | 'corner' | 'random' | 'gradient';
  /** Executions spent on the instance up to this point. */
  readonly executions: number;
};

export type AttackResult = {
  readonly hits: readonly AttackHit[];
  /** Per instance. */
  readonly executions: Int32Array;
  /** Per instance; Infinity where nothing was executed or the property has no margin. */
  readonly smallestMargin: Float32Array;
  /** False where no loss has a derivative, so that only points were tried. */
  readonly usedGradients: boolean;
};

const samplesPerSeed = 8;
const stepsPerRestart = 12;
const rowsPerBatch = 256;
/** Batches under way per worker: enough to keep it busy, few enough to stop soon. */
const batchesPerWorker = 2;

/** Attacks the given instances; the others keep 0 executions. */
export async function attack(
  target: AttackTarget,
  instances: readonly number[],
  { deadline, executionsPerInstance }: AttackBudget,
  seed: number,
  runtime: Runtime,
): Promise<AttackResult> {
  const program = await compileAttack(target.encode, target.set, target.batched, runtime);
  const progress = createProgress(target.set, instances);
  const rows = target.batched ? rowsPerBatch : 1;
  const rounds = plan(executionsPerInstance, progress.mostSeeds, program.descend !== undefined);
  for (const [index, round] of rounds.entries()) {
    const isSeeds = round.foundBy === 'seed';
    const attempts = isSeeds ? progress.all : progress.attempts(index - 1, round.width);
    const chunks = Array.from({ length: Math.ceil(attempts.length / rows) }, (_, at) =>
      attempts.slice(at * rows, (at + 1) * rows),
    );
    const stopped = () => !isSeeds && deadline.expired();
    const visits = await eachOf(chunks, batchesPerWorker * runtime.workers, (chunk, at) =>
      runRound(round, chunk, target, program, createRng(seed, `attack/${index}/${at}`), stopped),
    );
    // Recorded in the order of the chunks, whichever worker is first.
    for (const { attempts, inputs, judged } of visits.flat())
      progress.record(attempts, inputs, judged, round.foundBy);
  }
  return { ...progress.result(), usedGradients: program.descend !== undefined };
}

/** Results in the order of the items, of which `lanes` at a time are worked on. */
async function eachOf<T, R>(
  items: readonly T[],
  lanes: number,
  work: (item: T, at: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  await inLanes(lanes, items.entries(), async ([at, item]) => {
    results[at] = await work(item, at);
  });
  return results;
}

type Round = {
  readonly foundBy: AttackHit['foundBy'];
  readonly point: PointMaker;
  readonly steps: number;
  /** Seeds per instance. */
  readonly width: number;
};

/** Rounds that fit into the budget of the instance with most seeds, cheapest first. */
function plan(executions: number, seeds: number, gradients: boolean): Round[] {
  const rounds: Round[] = [{ foundBy: 'seed', point: seedPoint, steps: 0, width: seeds }];
  let left = executions - seeds;
  // From as many seeds as can have all samples and two restarts.
  const whole = samplesPerSeed + 2 * (stepsPerRestart + 1);
  const width = Math.max(1, Math.min(seeds, Math.floor(left / whole)));
  for (let sample = 0; sample < samplesPerSeed && left >= width; sample++, left -= width) {
    const corner = sample % 2 === 0;
    rounds.push({
      foundBy: corner ? 'corner' : 'random',
      point: corner ? cornerPoint : randomPoint,
      steps: 0,
      width,
    });
  }
  const cost = width * (stepsPerRestart + 1);
  for (let restart = 0; gradients && left >= cost; restart++, left -= cost) {
    const point = restart === 0 ? seedPoint : randomPoint;
    rounds.push({ foundBy: 'gradient', point, steps: stepsPerRestart, width });
  }
  return rounds;
}

type Visit = {
  readonly attempts: readonly Attempt[];
  readonly inputs: Float32Array;
  readonly judged: Judged;
};

/** Every batch of points that one chunk visits in a round. */
async function runRound(
  round: Round,
  attempts: readonly Attempt[],
  { set, targets }: AttackTarget,
  program: AttackProgram,
  rng: Rng,
  stopped: () => boolean,
): Promise<Visit[]> {
  let inputs = new Float32Array(attempts.length * set.size);
  attempts.forEach((attempt, row) => {
    round.point(inputs.subarray(row * set.size, (row + 1) * set.size), attempt, set, rng);
  });
  keptInside(inputs, attempts, set);
  const labels = Int32Array.from(attempts, ({ instance }) => targets[instance] ?? 0);
  const visits: Visit[] = [];
  for (let step = 0; step < round.steps && program.descend !== undefined && !stopped(); step++) {
    // Steps shrink from a quarter of the box to a sixty-fourth.
    const next = await program.descend(inputs, labels, attempts, 0.25 * 16 ** (-step / round.steps));
    visits.push({ attempts, inputs, judged: next });
    inputs = next.inputs;
    keptInside(inputs, attempts, set);
  }
  if (!stopped()) visits.push({ attempts, inputs, judged: await program.evaluate(inputs, labels) });
  return visits;
}

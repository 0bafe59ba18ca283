// A first, cheap search for violations: the seeds themselves, corners and random points, sign-gradient descent (Madry et
// al., arXiv 1706.06083). Every instance gets the same number of executions, in batches that do not depend on the workers.
import type { Deadline } from '../base/deadline.js';
import { createRng, type Rng } from '../base/rng.js';
import type { Encode } from '../ops/encoding.js';
import type { InputSet } from '../policy/input-set.js';
import type { Runtime } from '../program/session.js';
import { cornerPoint, type PointMaker, randomPoint, seedPoint } from './attack-points.js';
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

const samplesPerInstance = 8;
const stepsPerRestart = 12;
const rowsPerBatch = 256;

/** Attacks the given instances; the others keep 0 executions. */
export async function attack(
  target: AttackTarget,
  instances: readonly number[],
  budget: AttackBudget,
  seed: number,
  runtime: Runtime,
): Promise<AttackResult> {
  const program = await compileAttack(target.encode, target.set, target.batched, runtime);
  const progress = createProgress(target.set, instances);
  const { deadline, executionsPerInstance } = budget;
  const rounds = plan(executionsPerInstance, program.descend !== undefined);
  const chunk = target.batched ? rowsPerBatch : 1;
  for (const [index, round] of rounds.entries()) {
    const open = progress.attempts(round.point !== seedPoint);
    const chunks = Array.from({ length: Math.ceil(open.length / chunk) }, (_, at) =>
      open.slice(at * chunk, (at + 1) * chunk),
    );
    // Recorded in the order of the chunks, whichever worker is first.
    const outcomes = await Promise.all(
      chunks.map((attempts, at) => {
        const skipped = deadline.expired() && round.point !== seedPoint;
        return skipped
          ? []
          : runRound(round, attempts, target, program, createRng(seed, `attack/${index}/${at}`));
      }),
    );
    outcomes.forEach((visits, at) => {
      for (const { inputs, judged } of visits)
        progress.record(chunks[at] ?? [], inputs, judged, round.foundBy);
    });
  }
  return { ...progress.result(), usedGradients: program.descend !== undefined };
}

type Round = { readonly foundBy: AttackHit['foundBy']; readonly point: PointMaker; readonly steps: number };

/** Rounds that fit into the budget, cheapest first. */
function plan(executions: number, gradients: boolean): Round[] {
  const rounds: Round[] = [{ foundBy: 'seed', point: seedPoint, steps: 0 }];
  let left = executions - 1;
  for (let sample = 0; sample < samplesPerInstance && left > 0; sample++, left--) {
    const corner = sample % 2 === 0;
    rounds.push({
      foundBy: corner ? 'corner' : 'random',
      point: corner ? cornerPoint : randomPoint,
      steps: 0,
    });
  }
  for (let restart = 0; gradients && left > stepsPerRestart; restart++, left -= stepsPerRestart + 1) {
    rounds.push({
      foundBy: 'gradient',
      point: restart === 0 ? seedPoint : randomPoint,
      steps: stepsPerRestart,
    });
  }
  return rounds;
}

type Visit = { readonly inputs: Float32Array; readonly judged: Judged };

/** Every batch of points that one chunk visits in a round. */
async function runRound(
  round: Round,
  attempts: readonly Attempt[],
  { set, targets }: AttackTarget,
  program: AttackProgram,
  rng: Rng,
): Promise<Visit[]> {
  let inputs = new Float32Array(attempts.length * set.size);
  attempts.forEach((attempt, row) => {
    round.point(inputs.subarray(row * set.size, (row + 1) * set.size), attempt, set, rng);
  });
  const labels = Int32Array.from(attempts, ({ instance }) => targets[instance] ?? 0);
  const visits: Visit[] = [];
  for (let step = 0; step < round.steps && program.descend !== undefined; step++) {
    // Steps shrink from a quarter of the box to a sixty-fourth.
    const next = await program.descend(inputs, labels, attempts, 0.25 * 16 ** (-step / round.steps));
    visits.push({ inputs, judged: next });
    inputs = next.inputs;
  }
  visits.push({ inputs, judged: await program.evaluate(inputs, labels) });
  return visits;
}

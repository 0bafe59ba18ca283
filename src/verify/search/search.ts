// Search for a counterexample of any of many disjuncts: samples, then gradient climbs (PGD: Madry et al., arXiv 1706.06083; with
// Adam's steps) from many points of all disjuncts at once, those with the least margins first. What it finds is only a candidate.
import type { Deadline } from '../../base/deadline.js';
import { createRng, type Rng } from '../../base/rng.js';
import { footprintOf } from '../../graph/footprint.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Disjunct } from '../../policy/vnnlib/property.js';
import type { Runtime } from '../../program/session.js';
import type { Float32Box } from '../decide/boxes.js';
import { compileSearch, type SearchProgram, type Stepped } from './program.js';
import { bestKnown, center, corner, nearBest, random, type Start } from './starts.js';
import { tableOf } from './table.js';

export type SearchSubject = {
  readonly model: TypedModel;
  readonly disjuncts: readonly Disjunct[];
  /** What counts as input of each disjunct; the same object for equal boxes. */
  readonly boxes: readonly Float32Box[];
  readonly outputs: number;
};

export type SearchEffort = {
  /** Executions of the model; a round that has begun is finished. */
  readonly executions: number;
  readonly deadline: Deadline;
};

export type Search = {
  /**
   * Goes on searching among some disjuncts until a candidate is confirmed, or the effort is spent.
   * @returns whether a candidate was confirmed
   */
  run(open: readonly number[], effort: SearchEffort, confirm: Confirm): Promise<boolean>;
  readonly executions: () => number;
  /** Least margin seen of a disjunct: positive by how much its nearest point fails to violate; Infinity before the first. */
  readonly leastMargin: (disjunct: number) => number;
};

/** Replays a point that looks like a counterexample of a disjunct. */
export type Confirm = (disjunct: number, point: Float32Array) => Promise<boolean>;

const rowsPerBatch = 256;
/** Values of a batch, forward and backward, that still fit into memory beside each other. */
const bytesPerBatch = 2 ** 27;
const samplesPerDisjunct = 32;
const stepsPerClimb = { first: 16, later: 48 } as const;
/** Of the box's width, from the first step to the last, geometrically. */
const stepSizes = { first: [0.3, 0.02], later: [0.2, 0.001] } as const;
/** Margins are of rounded arithmetic: at the end of a climb the best point is tried where it misses by no more than this. */
const nearlyViolated = 1e-4;
const triesPerBatch = 4;

export async function openSearch(subject: SearchSubject, runtime: Runtime, seed: number): Promise<Search> {
  const { model, disjuncts, boxes, outputs } = subject;
  const distinct = [...new Set(boxes)];
  const numberOf = new Map(distinct.map((box, at) => [box, at]));
  const of = Int32Array.from(boxes, (box) => numberOf.get(box) ?? 0);
  const program = await compileSearch(model, tableOf(disjuncts, outputs), { distinct, of }, runtime);
  const affordable = Math.floor(bytesPerBatch / Math.max(1, 2 * footprintOf(model).activationBytes));
  const state: State = {
    subject,
    program,
    size: boxes[0]?.lower.length ?? 0,
    rows: program.batched ? Math.max(1, Math.min(rowsPerBatch, affordable)) : 1,
    lanes: runtime.workers,
    best: disjuncts.map(() => ({ margin: Infinity, point: undefined })),
    executions: 0,
    rounds: 0,
  };
  return {
    run: (open, effort, confirm) => search(state, open, effort, confirm, seed),
    executions: () => state.executions,
    leastMargin: (disjunct) => state.best[disjunct]?.margin ?? Infinity,
  };
}

type Best = { readonly margin: number; readonly point: Float32Array | undefined };

type State = {
  readonly subject: SearchSubject;
  readonly program: SearchProgram;
  /** Elements of an input. */
  readonly size: number;
  /** Points of a batch. */
  readonly rows: number;
  /** Batches under way at a time. */
  readonly lanes: number;
  /** By disjunct. */
  readonly best: Best[];
  executions: number;
  rounds: number;
};

/** One point of a round: where it starts, for which disjunct. */
type Attempt = { readonly disjunct: number; readonly start: Start };

async function search(
  state: State,
  open: readonly number[],
  { executions, deadline }: SearchEffort,
  confirm: Confirm,
  seed: number,
): Promise<boolean> {
  if (open.length === 0) return false;
  const until = state.executions + executions;
  while (!deadline.expired() && state.executions < until) {
    const round = state.rounds++;
    const attempts = attemptsOf(state, open, round);
    const climbs = state.program.step !== undefined && round % 4 !== 0;
    const batches = Array.from({ length: Math.ceil(attempts.length / state.rows) }, (_, at) =>
      attempts.slice(at * state.rows, (at + 1) * state.rows),
    );
    const pending = batches.entries();
    let confirmed = false;
    const lane = async () => {
      for (const [at, batch] of pending) {
        if (confirmed || deadline.expired()) return;
        const rng = createRng(seed, `search/${round}/${at}`);
        const visit = climbs ? climb : sample;
        if (await visit(state, batch, { rng, confirm, deadline, first: round === 1 })) confirmed = true;
      }
    };
    await Promise.all(Array.from({ length: Math.min(state.lanes, batches.length) }, lane));
    if (confirmed) return true;
  }
  return false;
}

/** Round 0 samples every disjunct, round 1 climbs for each; later ones prefer the better half, and every fourth samples. */
function attemptsOf(state: State, open: readonly number[], round: number): Attempt[] {
  const { rows, best } = state;
  const sorted = [...open].sort((a, b) => (best[a]?.margin ?? 0) - (best[b]?.margin ?? 0));
  const chosen =
    round < 2 ? sorted : sorted.slice(0, Math.max(1, Math.ceil(sorted.length / 2 ** (round % 4))));
  const sampled = round % 4 === 0 || state.program.step === undefined;
  const starts = sampled ? samplers(round) : climbStarts;
  const wanted = sampled ? samplesPerDisjunct : starts.length;
  const each = Math.max(1, Math.min(Math.ceil(rows / chosen.length), round === 0 ? wanted : rows));
  return Array.from({ length: each }, (_, at) => starts[at % starts.length] ?? random).flatMap((start) =>
    chosen.map((disjunct) => ({ disjunct, start })),
  );
}

const samplers = (round: number): readonly Start[] =>
  round === 0 ? [center, corner, random] : [nearBest, nearBest, corner, random];
const climbStarts: readonly Start[] = [bestKnown, random, corner, nearBest];

type Visit = {
  readonly rng: Rng;
  readonly confirm: Confirm;
  readonly deadline: Deadline;
  readonly first: boolean;
};

/** Rows of a batch at their starts. The first start of a disjunct that is fixed is taken once by construction of rounds. */
function placed({ subject, size, best }: State, batch: readonly Attempt[], rng: Rng): Float32Array {
  const points = new Float32Array(batch.length * size);
  batch.forEach(({ disjunct, start }, row) => {
    const box = subject.boxes[disjunct];
    if (box !== undefined)
      start(points.subarray(row * size, (row + 1) * size), box, rng, best[disjunct]?.point);
  });
  return points;
}

const targetsOf = (batch: readonly Attempt[]): Int32Array =>
  Int32Array.from(batch, ({ disjunct }) => disjunct);

async function sample(state: State, batch: readonly Attempt[], { rng, confirm }: Visit): Promise<boolean> {
  const points = placed(state, batch, rng);
  return judged(state, batch, points, await state.program.margins(points, targetsOf(batch)), 0, confirm);
}

async function climb(state: State, batch: readonly Attempt[], visit: Visit): Promise<boolean> {
  const { step } = state.program;
  if (step === undefined) return sample(state, batch, visit);
  const targets = targetsOf(batch);
  const summed = Float32Array.from(batch, (_, row) => row % 2);
  const points = placed(state, batch, visit.rng);
  const zeros = () => new Float32Array(points.length);
  let at: Pick<Stepped, 'points' | 'mean' | 'square'> = { points, mean: zeros(), square: zeros() };
  const kind = visit.first ? 'first' : 'later';
  const [steps, [from, to]] = [stepsPerClimb[kind], stepSizes[kind]];
  for (let number = 1; number <= steps; number++) {
    if (visit.deadline.expired()) return false;
    const size = from * (to / from) ** ((number - 1) / (steps - 1));
    const { margins, ...next } = await step({ ...at, targets, summed }, { number, size });
    if (await judged(state, batch, at.points, margins, 0, visit.confirm)) return true;
    at = next;
  }
  const margins = await state.program.margins(at.points, targets);
  return judged(state, batch, at.points, margins, nearlyViolated, visit.confirm);
}

/** Remembers the best points, and tries those that look like counterexamples. */
async function judged(
  state: State,
  batch: readonly Attempt[],
  points: Float32Array,
  margins: Float32Array,
  tolerance: number,
  confirm: Confirm,
): Promise<boolean> {
  const { size, best } = state;
  state.executions += batch.length;
  const pointOf = (row: number) => points.subarray(row * size, (row + 1) * size);
  const promising: number[] = [];
  batch.forEach(({ disjunct }, row) => {
    const margin = margins[row] ?? Number.NaN;
    if (margin < (best[disjunct]?.margin ?? -Infinity))
      best[disjunct] = { margin, point: pointOf(row).slice() };
    if (margin <= tolerance) promising.push(row);
  });
  promising.sort((a, b) => (margins[a] ?? 0) - (margins[b] ?? 0));
  for (const row of promising.slice(0, triesPerBatch))
    if (await confirm(batch[row]?.disjunct ?? 0, pointOf(row))) return true;
  return false;
}

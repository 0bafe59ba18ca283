// Search for a counterexample of any of many disjuncts: samples, then gradient climbs (PGD: Madry et al., arXiv 1706.06083; with
// Adam's steps) from many points of all disjuncts at once, those with the least margins first. What it finds is only a candidate.

import type { Deadline } from '../../base/deadline.js';
import { inLanes } from '../../base/lanes.js';
import { createRng, type Rng } from '../../base/rng.js';
import { footprintOf } from '../../graph/footprint.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Disjunct } from '../../policy/vnnlib/property.js';
import type { Runtime } from '../../program/session.js';
import type { Float32Box } from '../decide/boxes.js';
import { compileSearch, type SearchProgram, type Stepped } from './program.js';
import { bestKnown, center, corner, face, keepInside, nearBest, random, type Start } from './starts.js';
import { tableOf } from './table.js';

export type SearchSubject = {
  readonly model: TypedModel;
  readonly disjuncts: readonly Disjunct[];
  /** What counts as input of each disjunct; the same object for equal boxes. */
  readonly boxes: readonly Float32Box[];
  readonly outputs: number;
};

export type SearchEffort = {
  /** Executions of the model; a round that has begun is finished, unless they are `exact`. */
  readonly executions: number;
  /** Rounds are cut to what is left. */
  readonly exact?: boolean;
  /** Whether points are only sampled, which takes no program of gradients. */
  readonly scans?: boolean;
  readonly deadline: Deadline;
};

export type Search = {
  /**
   * Goes on searching among some disjuncts until a candidate is confirmed, or the effort is spent.
   * @returns whether a candidate was confirmed
   */
  run(open: readonly number[], effort: SearchEffort, confirm: Confirm): Promise<boolean>;
  /** Goes on from a point that something else came upon, where it is nearer to violating the disjunct than all that are known. */
  suggest(disjunct: number, point: Float32Array, margin: number): void;
  readonly executions: () => number;
  readonly executionsOf: (disjunct: number) => number;
  /** Least margin seen of a disjunct: positive by how much its nearest point fails to violate; Infinity before the first. */
  readonly leastMargin: (disjunct: number) => number;
};

/** Replays a point that looks like a counterexample of a disjunct. */
export type Confirm = (disjunct: number, point: Float32Array) => Promise<boolean>;

const rowsPerBatch = 256;
/** Values of a batch, forward and backward, that still fit into memory beside each other. */
const bytesPerBatch = 2 ** 27;
const samplesPerDisjunct = 32;

/** How points of a round climb. */
type Climb = {
  readonly starts: readonly Start[];
  /** Of as many points each climb begins at the best. */
  readonly screened: number;
  readonly steps: number;
  /** Of the box's width, from the first step to the last, geometrically. */
  readonly sizes: readonly [number, number];
};

/** A quick look: most counterexamples that exist are found by it. */
const first: Climb = {
  starts: [bestKnown, random, corner, corner],
  screened: 1,
  steps: 16,
  sizes: [0.3, 0.02],
};
const firstClimbsPerDisjunct = 16;
/** The best of many points, of each disjunct alike: 24 of the 25 counterexamples of ACAS Xu, in milliseconds. */
const scan: Climb = { starts: [face, random], screened: 16, steps: 0, sizes: [0, 0] };
/**
 * Later scans look near the best of earlier ones, too: the one of 1_6, property 2, takes 8,736 executions in the median of 8 seeds instead of 19,616,
 * and that of 1_2, property 2, 8,736 instead of 15,264.
 */
const closeScan: Climb = { ...scan, starts: [nearBest, face, nearBest, random] };
/**
 * Later rounds, in turn: no kind of climb finds all. Of 200 climbs on mnist_fc 256x2, property 0 at 0.05, target 8, two wide ones from
 * the best of 16 corners arrive, and none from random points. Of 1024 on ACAS Xu 1_6, property 2, fine ones from the best of 64
 * random points arrive 14 times, wide ones not once; on 1_9, property 7, one rough and one fine one. The others share a minimum.
 */
const wide: Climb = { starts: [corner, random], screened: 16, steps: 24, sizes: [0.2, 0.005] };
const short: Climb = { starts: [random, corner], screened: 16, steps: 24, sizes: [0.05, 0.002] };
const rough: Climb = { starts: [random], screened: 1, steps: 16, sizes: [0.4, 0.03] };
const fine: Climb = { starts: [random], screened: 64, steps: 24, sizes: [0.02, 0.0005] };
const refining: Climb = { starts: [bestKnown, nearBest], screened: 1, steps: 32, sizes: [0.05, 0.0005] };
const later = [wide, short, rough, fine, wide, refining] as const;

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
    spent: new Float64Array(disjuncts.length),
    scans: 0,
    rounds: 0,
    repeated: -1,
  };
  return {
    run: (open, effort, confirm) => search(state, open, effort, confirm, seed),
    suggest: (disjunct, point, margin) => remember(state, disjunct, point, margin),
    executions: () => state.executions,
    executionsOf: (disjunct) => state.spent[disjunct] ?? 0,
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
  /** Executions by disjunct. */
  readonly spent: Float64Array;
  scans: number;
  rounds: number;
  /** The last round that was cut short and begun again. */
  repeated: number;
};

/** One point of a round: where it starts, for which disjunct, and which loss it descends. */
type Attempt = { readonly disjunct: number; readonly start: Start; readonly summed: boolean };

async function search(
  state: State,
  open: readonly number[],
  { executions, exact, scans = false, deadline }: SearchEffort,
  confirm: Confirm,
  seed: number,
): Promise<boolean> {
  if (open.length === 0) return false;
  const until = state.executions + executions;
  while (!deadline.expired() && state.executions < until) {
    const { name, kind, wanted, repeat } = await nextRound(state, open, scans);
    const affordable = exact ? Math.floor((until - state.executions) / costOf(kind)) : Infinity;
    const attempts = wanted.slice(0, affordable);
    if (attempts.length === 0) return false;
    const batches = Array.from({ length: Math.ceil(attempts.length / state.rows) }, (_, at) =>
      attempts.slice(at * state.rows, (at + 1) * state.rows),
    );
    let confirmed = false;
    const visit = async ([at, batch]: readonly [at: number, batch: readonly Attempt[]]) => {
      const rng = createRng(seed, `search/${name}/${at}`);
      if (await visited(state, batch, kind, { rng, confirm, deadline })) confirmed = true;
    };
    await inLanes(state.lanes, batches.entries(), visit, () => confirmed || deadline.expired());
    if (confirmed) return true;
    if (deadline.expired()) repeat();
  }
  return false;
}

type Round = {
  /** Of its random numbers. */
  readonly name: string;
  /** undefined: points are only sampled. */
  readonly kind: Climb | undefined;
  readonly wanted: readonly Attempt[];
  /** Where it was cut short. */
  repeat(): void;
};

async function nextRound(state: State, open: readonly number[], scans: boolean): Promise<Round> {
  if (scans && state.rounds > 0) {
    const kind = state.scans === 0 ? scan : closeScan;
    const wanted = attemptsOf(state, open, 1, kind);
    return { name: `scan/${state.scans++}`, kind, wanted, repeat: () => {} };
  }
  const round = state.rounds++;
  const kind = await climbOf(state, round);
  const wanted = attemptsOf(state, open, round, kind);
  return { name: `${round}`, kind, wanted, repeat: () => repeatOnce(state, round) };
}

/** A round that was cut short may be the one that finds: once it is begun again, but not for ever where time is too short for it. */
function repeatOnce(state: State, round: number): void {
  if (state.repeated === round) return;
  state.repeated = round;
  state.rounds = round;
}

/** Executions that one attempt takes. */
const costOf = (climb: Climb | undefined): number =>
  climb === undefined ? 1 : climb.steps + 1 + (climb.screened > 1 ? climb.screened : 0);

/** Counts as many executions for each row of a batch. */
function spend(state: State, batch: readonly Attempt[], each: number): void {
  state.executions += each * batch.length;
  for (const { disjunct } of batch) state.spent[disjunct] = (state.spent[disjunct] ?? 0) + each;
}

/** undefined where points are only sampled. */
async function climbOf({ program }: State, round: number): Promise<Climb | undefined> {
  if (round === 0 || (await program.step()) === undefined) return undefined;
  return round === 1 ? first : later[(round - 2) % later.length];
}

/** Rounds 0 and 1 are for every disjunct; later ones prefer those with the least margins, more and less. */
function attemptsOf(
  { rows, best }: State,
  open: readonly number[],
  round: number,
  climb: Climb | undefined,
): Attempt[] {
  const sorted = [...open].sort((a, b) => (best[a]?.margin ?? 0) - (best[b]?.margin ?? 0));
  const preferred = round < 2 ? sorted.length : Math.ceil(sorted.length / 2 ** (round % 3));
  const chosen = sorted.slice(0, preferred);
  const starts = climb?.starts ?? samplers(round);
  const most = climb?.steps === 0 ? rows : ([samplesPerDisjunct, firstClimbsPerDisjunct][round] ?? rows);
  const each = Math.max(1, Math.min(Math.ceil(rows / chosen.length), most));
  return Array.from({ length: each }, (_, at) => at).flatMap((at) => {
    const [start = random, summed] = [starts[at % starts.length], (at >> 1) % 2 === 1];
    return chosen.map((disjunct) => ({ disjunct, start, summed }));
  });
}

const samplers = (round: number): readonly Start[] =>
  round === 0 ? [center, corner, random] : [nearBest, nearBest, corner, random];

type Visit = {
  readonly rng: Rng;
  readonly confirm: Confirm;
  readonly deadline: Deadline;
};

/** Rows of a batch at their starts. */
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

async function visited(
  state: State,
  batch: readonly Attempt[],
  kind: Climb | undefined,
  visit: Visit,
): Promise<boolean> {
  const { program } = state;
  const targets = targetsOf(batch);
  if (kind === undefined) {
    const points = placed(state, batch, visit.rng);
    return judged(state, batch, points, await program.margins(points, targets), 0, visit.confirm);
  }
  const points = await screened(state, batch, kind.screened, visit);
  const step = kind.steps > 0 ? await program.step() : undefined;
  const summed = Float32Array.from(batch, (attempt) => (attempt.summed ? 1 : 0));
  const zeros = () => new Float32Array(points.length);
  let at: Pick<Stepped, 'points' | 'mean' | 'square'> = { points, mean: zeros(), square: zeros() };
  const [from, to] = kind.sizes;
  for (let number = 1; number <= kind.steps; number++) {
    if (step === undefined || visit.deadline.expired()) return false;
    const size = from * (to / from) ** ((number - 1) / (kind.steps - 1));
    const { margins, ...next } = await step({ ...at, targets, summed }, { number, size });
    if (await judged(state, batch, at.points, margins, 0, visit.confirm)) return true;
    at = next;
  }
  const margins = await program.margins(at.points, targets);
  return judged(state, batch, at.points, margins, nearlyViolated, visit.confirm);
}

/** The best of some starts of each attempt; where one is a counterexample, climbing begins at it. */
async function screened(state: State, batch: readonly Attempt[], count: number, { rng, deadline }: Visit) {
  const { size, program } = state;
  const points = placed(state, batch, rng);
  if (count === 1) return points;
  const targets = targetsOf(batch);
  const least = await program.margins(points, targets);
  for (let turn = 1; turn < count && !deadline.expired(); turn++) {
    const others = placed(state, batch, rng);
    (await program.margins(others, targets)).forEach((margin, row) => {
      if (!(margin < (least[row] ?? Infinity))) return;
      least[row] = margin;
      points.set(others.subarray(row * size, (row + 1) * size), row * size);
    });
  }
  spend(state, batch, count);
  return points;
}

function remember({ best, subject }: State, disjunct: number, point: Float32Array, margin: number): void {
  const { [disjunct]: box } = subject.boxes;
  if (box === undefined || !(margin < (best[disjunct]?.margin ?? -Infinity))) return;
  const kept = point.slice();
  keepInside(kept, box);
  best[disjunct] = { margin, point: kept };
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
  const { size } = state;
  spend(state, batch, 1);
  const pointOf = (row: number) => points.subarray(row * size, (row + 1) * size);
  const promising: number[] = [];
  batch.forEach(({ disjunct }, row) => {
    const margin = margins[row] ?? Number.NaN;
    remember(state, disjunct, pointOf(row), margin);
    if (margin <= tolerance) promising.push(row);
  });
  promising.sort((a, b) => (margins[a] ?? 0) - (margins[b] ?? 0));
  for (const row of promising.slice(0, triesPerBatch))
    if (await confirm(batch[row]?.disjunct ?? 0, pointOf(row))) return true;
  return false;
}

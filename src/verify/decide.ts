// Decides a property: attack, bounds of the whole boxes, branching, each only for what is still open. A counterexample counts once
// the original file gives it; nothing else ends in `violated`.
import type { Clock, Deadline } from '../base/deadline.js';
import { createRng } from '../base/rng.js';
import { sizeOf } from '../base/shape.js';
import { footprintOf } from '../graph/footprint.js';
import type { TypedModel } from '../graph/typed-model.js';
import { Unbounded } from '../ops/operator.js';
import type { Deployment } from '../ops/rounding.js';
import type { Disjunct } from '../policy/vnnlib/property.js';
import { ProgramError } from '../program/program-error.js';
import type { Runtime } from '../program/session.js';
import type { Branch, BranchReason, OpenDisjunct } from './branch/types.js';
import { admissible, boxAround, boxCache, type Float32Box } from './decide/boxes.js';
import { createReplay, type Replay, type Witness } from './decide/replay.js';
import { boundRoots, isEmpty, magnitudesOf, type RootOptions, raiseRoots } from './decide/root-bounds.js';
import { needsMagnitudes, rowsOf } from './decide/rows.js';
import { createTimes, type Phase, type Times } from './decide/times.js';
import { openSearch, type Search } from './search/search.js';

export type Problem = {
  readonly model: TypedModel;
  /** Over the model's flat input and its flat first output. */
  readonly disjuncts: readonly Disjunct[];
  /** First output of the original file for one input at batch size 1, flat. */
  readonly run: (input: Float32Array) => Promise<ArrayLike<number>>;
};

export type DecideOptions = {
  readonly arithmetic: Deployment;
  readonly memoryBytes: number;
  readonly deadline: Deadline;
  /** From the start to the deadline: shares of it are what phases may take. Infinity for none. */
  readonly timeoutMs: number;
  readonly seed: number;
  readonly clock: Clock;
  readonly branch?: Branch;
  /** Branching bounds the whole boxes itself, as its first sub-problems: they are not bounded before. */
  readonly branchesFromRoots?: boolean;
  readonly onProgress?: (progress: DecideProgress) => void;
};

export type { Witness };

export type DecideProgress = {
  readonly phase: Phase;
  readonly open: number;
  readonly executions: number;
  readonly subproblems: number;
  /** Least bound of what is open; -Infinity where nothing is known. */
  readonly bound: number;
};

/** Sessions of a pool, and of this thread: threads are started by the first session that the pool opens. */
export type Runtimes = { readonly pool: Runtime; readonly inline: Runtime };

export type Statistics = {
  /** Milliseconds by phase. */
  readonly timing: Readonly<Record<Phase, number>>;
  /** Of the model, by the attack. */
  readonly executions: number;
  readonly subproblems: number;
  readonly strategy: readonly string[];
};

/**
 * A disjunct's bound: every input of its box has a constraint that is exceeded by at least this: positive where it is empty,
 * -Infinity where nothing is known. `leastMargin`: the least that the attack saw the greatest excess be.
 */
export type DisjunctState = {
  readonly state: 'empty' | 'open' | 'violated';
  readonly bound: number;
  readonly leastMargin: number;
};

export type UnknownReason = BranchReason | 'loose-bounds';

export type Outcome = {
  readonly statistics: Statistics;
  /** By disjunct of the problem. */
  readonly disjuncts: readonly DisjunctState[];
  /** Least bound of a disjunct that is not empty; of all where all are. Infinity where there are none. */
  readonly bound: number;
} & (
  | { readonly verdict: 'proved' }
  | ({ readonly verdict: 'violated' } & Witness)
  | { readonly verdict: 'unknown'; readonly reason: UnknownReason; readonly detail: string | undefined }
);

/**
 * A first look, before anything is bounded, and one at what bounds leave open. Executions limit small networks, time large ones, of
 * which bounds take long. Where there is branching, less: it calls for more of the attack as it goes.
 */
const efforts = {
  first: { executions: 16_384, milliseconds: 150, shareOfLarge: 0.03 },
  beforeBranching: { executions: 49_152, share: 0.01 },
  alone: { executions: 400_000, share: 0.5 },
} as const;

/** Of the time, at most: choices of relaxations, for networks that do not consist of kinks. */
const raisingShare = 0.6;

/** What shares are of, where there is no time limit or a very long one. */
const longestShared = 600_000;

/** Bytes of one input's values: larger networks are bounded in threads, smaller ones before threads had started. */
const smallActivations = 2 ** 16;
const isSmall = ({ model }: Problem): boolean => footprintOf(model).activationBytes <= smallActivations;

/** Coefficients of one call, at most: the deadline is looked at between calls. */
const rootBytes = 2 ** 28;

type State = {
  readonly problem: Problem;
  readonly options: DecideOptions;
  readonly runtimes: Runtimes;
  readonly replay: Replay;
  readonly bounds: Float64Array;
  readonly open: Set<number>;
  readonly times: Times;
  /** What is known at the root; empty before anything is bounded. */
  roots: readonly OpenDisjunct[];
  readonly strategy: string[];
  search: Promise<Search> | undefined;
  executions: number;
  subproblems: number;
  leastMargin: (disjunct: number) => number;
  reason: UnknownReason;
  detail: string | undefined;
};

export async function decide(problem: Problem, options: DecideOptions, runtimes: Runtimes): Promise<Outcome> {
  const state: State = {
    problem,
    options,
    runtimes,
    replay: createReplay(problem),
    bounds: new Float64Array(problem.disjuncts.length).fill(-Infinity),
    open: new Set(problem.disjuncts.keys()),
    times: createTimes(options.clock),
    strategy: [],
    roots: [],
    search: undefined,
    executions: 0,
    subproblems: 0,
    leastMargin: () => Infinity,
    reason: 'loose-bounds',
    detail: undefined,
  };
  const { timeoutMs } = options;
  const { first } = efforts;
  const shared = Math.min(timeoutMs, longestShared);
  const second = () => {
    const alone = options.branch === undefined || state.reason === 'unsupported';
    const { executions, share } = alone ? efforts.alone : efforts.beforeBranching;
    return attack(state, executions, share * shared);
  };
  const firstMs = isSmall(problem) ? 0 : first.shareOfLarge * shared;
  const rungs: readonly (readonly [Phase, () => Promise<unknown>])[] = [
    ['attack', () => attack(state, first.executions, Math.max(first.milliseconds, firstMs))],
    ['bounds', () => boundAll(state)],
    ['attack', second],
    ['bounds', () => raiseOpen(state, raisingShare * shared)],
    ['branching', () => branchOpen(state)],
  ];
  for (const [phase, rung] of rungs) {
    if (isDecided(state) || options.deadline.expired()) break;
    await state.times.during(phase, rung);
  }
  return concluded(state);
}

const isDecided = ({ replay, open }: State): boolean => replay.witness() !== undefined || open.size === 0;

function report(state: State, phase: Phase): void {
  const { executions, subproblems, open } = state;
  state.options.onProgress?.({
    phase,
    open: open.size,
    executions,
    subproblems,
    bound: leastBound(state, [...open]),
  });
}

/** True where a counterexample was found. */
async function attack(state: State, executions: number, milliseconds: number): Promise<boolean> {
  const { problem, options, runtimes, open, replay } = state;
  report(state, 'attack');
  state.search ??= openSearch(
    {
      model: problem.model,
      disjuncts: problem.disjuncts,
      boxes: problem.disjuncts.map(boxCache(admissible)),
      outputs: outputsOf(problem.model),
    },
    runtimes.inline,
    options.seed,
  );
  const search = await state.search;
  const deadline = earlier(options.deadline, milliseconds, options.clock);
  const found = await search.run([...open], { executions, deadline }, (disjunct, point) =>
    replay.confirm(disjunct, point, 'attack'),
  );
  state.executions = search.executions();
  state.leastMargin = search.leastMargin;
  return found;
}

function earlier(deadline: Deadline, milliseconds: number, clock: Clock): Deadline {
  const end = clock() + milliseconds;
  return { interrupted: deadline.interrupted, expired: () => deadline.expired() || clock() >= end };
}

const outputsOf = ({ output }: TypedModel): number => sizeOf(output.shape.slice(1).map(Number));

const rootOptions = ({ arithmetic, memoryBytes, deadline }: DecideOptions): RootOptions => ({
  arithmetic,
  memoryBytes: Math.min(memoryBytes, rootBytes),
  deadline,
});

async function boundAll(state: State): Promise<void> {
  const { problem, options } = state;
  report(state, 'bounds');
  try {
    state.roots = await openDisjuncts(state);
    if (options.branch !== undefined && options.branchesFromRoots) return;
    state.roots = await boundRoots(problem.model, state.roots, rootOptions(options), boundingRuntime(state));
  } catch (error) {
    if (!(error instanceof Unbounded)) throw error;
    [state.reason, state.detail] = ['unsupported', error.message];
  }
  takeBounds(state);
}

function takeBounds({ roots, bounds, open }: State): void {
  for (const disjunct of roots) {
    bounds[disjunct.index] = disjunct.known.reduce((most, bound) => Math.max(most, bound), -Infinity);
    if (isEmpty(disjunct)) open.delete(disjunct.index);
  }
}

async function raiseOpen(state: State, milliseconds: number): Promise<void> {
  const { problem, options, runtimes, open } = state;
  if (state.reason === 'unsupported') return;
  report(state, 'bounds');
  const deadline = earlier(options.deadline, milliseconds, options.clock);
  try {
    state.roots = await raiseRoots(
      problem.model,
      state.roots.filter(({ index }) => open.has(index)),
      { ...rootOptions(options), deadline },
      runtimes.pool,
    );
  } catch (error) {
    // What cannot be run on many rows at once stays as it is.
    if (!(error instanceof ProgramError)) throw error;
  }
  takeBounds(state);
}

const boundingRuntime = ({ problem, runtimes }: State): Runtime =>
  isSmall(problem) ? runtimes.inline : runtimes.pool;

/** Disjuncts of equal boxes and constraints share them. */
async function openDisjuncts(state: State): Promise<OpenDisjunct[]> {
  const { problem, open, options } = state;
  const { model } = problem;
  const sizes = { inputs: sizeOf(model.input.shape.slice(1).map(Number)), outputs: outputsOf(model) };
  const boxOf = boxCache(boxAround);
  const magnitudes = new Map<Float32Box, Float64Array>();
  const result: OpenDisjunct[] = [];
  for (const index of open) {
    const disjunct = problem.disjuncts[index];
    if (disjunct === undefined) continue;
    const box = boxOf(disjunct);
    if (needsMagnitudes(disjunct.constraints) && !magnitudes.has(box))
      magnitudes.set(box, await magnitudesOf(model, box, rootOptions(options), boundingRuntime(state)));
    const rows = rowsOf(disjunct.constraints, sizes, box, magnitudes.get(box));
    result.push({ index, ...box, rows, known: new Float64Array(rows.count).fill(-Infinity) });
  }
  return result;
}

async function branchOpen(state: State): Promise<void> {
  const { options, problem, runtimes, roots, replay } = state;
  if (options.branch === undefined || state.reason === 'unsupported') return;
  report(state, 'branching');
  const before = state.subproblems;
  const { results, strategy } = await options.branch({
    model: problem.model,
    disjuncts: roots.filter(({ index }) => state.open.has(index)),
    arithmetic: options.arithmetic,
    memoryBytes: options.memoryBytes,
    deadline: options.deadline,
    clock: options.clock,
    rng: createRng(options.seed, 'branching'),
    runtime: runtimes.pool,
    inline: runtimes.inline,
    tryPoints: (disjunct, points) => tryPoints(replay, disjunct, points, problem),
    attack: (milliseconds) => attack(state, Infinity, milliseconds),
    onProgress: ({ subproblems, openDisjuncts, bound }) => {
      const { executions } = state;
      state.subproblems = before + subproblems;
      options.onProgress?.({ phase: 'branching', open: openDisjuncts, executions, subproblems, bound });
    },
  });
  state.strategy.push(...strategy.explanation);
  state.subproblems = before + results.reduce((sum, { subproblems }) => sum + subproblems, 0);
  for (const { index, state: found, bound, reason } of results) {
    state.bounds[index] = Math.max(bound, state.bounds[index] ?? -Infinity);
    if (found === 'empty') state.open.delete(index);
    else state.reason = reason ?? state.reason;
  }
}

async function tryPoints(
  replay: Replay,
  disjunct: number,
  points: Float32Array,
  { disjuncts }: Problem,
): Promise<boolean> {
  const size = disjuncts[disjunct]?.lower.length ?? 1;
  for (let at = 0; at < points.length; at += size)
    if (await replay.confirm(disjunct, points.subarray(at, at + size), 'branching')) return true;
  return false;
}

const leastBound = ({ bounds }: State, of: Iterable<number>): number => {
  let least = Infinity;
  for (const at of of) least = Math.min(least, bounds[at] ?? -Infinity);
  return least;
};

function concluded(state: State): Outcome {
  const { problem, options, replay, open, times, executions, subproblems, strategy } = state;
  const witness = replay.witness();
  const stateOf = (at: number): DisjunctState['state'] =>
    at === witness?.disjunct ? 'violated' : open.has(at) ? 'open' : 'empty';
  const common = {
    statistics: { timing: times.spent(), executions, subproblems, strategy },
    disjuncts: problem.disjuncts.map((_, at) => ({
      state: stateOf(at),
      bound: state.bounds[at] ?? -Infinity,
      leastMargin: state.leastMargin(at),
    })),
    bound: leastBound(state, open.size > 0 ? open : problem.disjuncts.keys()),
  };
  if (witness !== undefined) return { ...common, verdict: 'violated', ...witness };
  if (open.size === 0) return { ...common, verdict: 'proved' };
  const stopped = options.deadline.interrupted() ? 'interrupted' : 'timeout';
  const reason = options.deadline.expired() ? stopped : state.reason;
  return { ...common, verdict: 'unknown', reason, detail: state.detail };
}

// What is known so far of a decision, and the outcome that follows from it.
import type { Clock, Deadline } from '../../base/deadline.js';
import { sizeOf } from '../../base/shape.js';
import type { ProofMethod } from '../../findings/verdict.js';
import { footprintOf } from '../../graph/footprint.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { BranchProof } from '../branch/record.js';
import type { OpenDisjunct } from '../branch/types.js';
import type { Search } from '../search/search.js';
import type { DecideOptions, DisjunctState, Outcome, Problem, Runtimes, UnknownReason } from './problem.js';
import { createReplay, type Replay } from './replay.js';
import { createTimes, type Phase, type Times } from './times.js';

export type State = {
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
  readonly proofs: Map<number, BranchProof>;
  search: Promise<Search> | undefined;
  executions: number;
  subproblems: number;
  /** Whether raised relaxations closed a disjunct. */
  raised: boolean;
  leastMargin: (disjunct: number) => number;
  /** Tells the attack of a point, once there is one. */
  suggest: Search['suggest'];
  reason: UnknownReason;
  detail: string | undefined;
};

export const createState = (problem: Problem, options: DecideOptions, runtimes: Runtimes): State => ({
  problem,
  options,
  runtimes,
  replay: createReplay(problem),
  bounds: new Float64Array(problem.disjuncts.length).fill(-Infinity),
  open: new Set(problem.disjuncts.keys()),
  times: createTimes(options.clock),
  strategy: [],
  proofs: new Map(),
  roots: [],
  search: undefined,
  executions: 0,
  subproblems: 0,
  raised: false,
  leastMargin: () => Infinity,
  suggest: () => {},
  reason: 'loose-bounds',
  detail: undefined,
});

export const isDecided = ({ replay, open }: State): boolean =>
  replay.witness() !== undefined || open.size === 0;

export function report(state: State, phase: Phase): void {
  const { executions, subproblems, open } = state;
  state.options.onProgress?.({
    phase,
    open: open.size,
    executions,
    subproblems,
    bound: leastBound(state, [...open]),
  });
}

export const leastBound = ({ bounds }: State, of: Iterable<number>): number => {
  let least = Infinity;
  for (const at of of) least = Math.min(least, bounds[at] ?? -Infinity);
  return least;
};

/** Bytes of one input's values: larger networks are bounded in threads, smaller ones before threads had started. */
const smallActivations = 2 ** 16;
export const isSmall = ({ model }: Problem): boolean =>
  footprintOf(model).activationBytes <= smallActivations;

export const outputsOf = ({ output }: TypedModel): number => sizeOf(output.shape.slice(1).map(Number));

/** The deadline, or a time from now if that is earlier. */
export function earlier(deadline: Deadline, milliseconds: number, clock: Clock): Deadline {
  const end = clock() + milliseconds;
  return { interrupted: deadline.interrupted, expired: () => deadline.expired() || clock() >= end };
}

/** The dearest that it took. */
const methodOf = ({ subproblems, raised }: State): ProofMethod =>
  subproblems > 0 ? 'branch-and-bound' : raised ? 'alpha-crown' : 'crown';

export function concluded(state: State): Outcome {
  const { problem, options, replay, open, times, executions, subproblems, strategy } = state;
  const witness = replay.witness();
  const stateOf = (at: number): DisjunctState['state'] =>
    at === witness?.disjunct ? 'violated' : open.has(at) ? 'open' : 'empty';
  const common = {
    statistics: { timing: times.spent(), executions, subproblems, strategy },
    disjuncts: problem.disjuncts.map((_, at): DisjunctState => {
      const proof = state.proofs.get(at);
      return {
        state: stateOf(at),
        bound: state.bounds[at] ?? -Infinity,
        leastMargin: state.leastMargin(at),
        ...(proof && { proof }),
      };
    }),
    bound: leastBound(state, open.size > 0 ? open : problem.disjuncts.keys()),
  };
  if (witness !== undefined) return { ...common, verdict: 'violated', ...witness };
  if (open.size === 0) return { ...common, verdict: 'proved', method: methodOf(state) };
  const stopped = options.deadline.interrupted() ? 'interrupted' : 'timeout';
  const reason = options.deadline.expired() ? stopped : state.reason;
  return { ...common, verdict: 'unknown', reason, detail: state.detail };
}

// What is decided, and what came of it.
import type { Clock, Deadline } from '../../base/deadline.js';
import type { ProofMethod } from '../../findings/verdict.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Deployment } from '../../ops/rounding.js';
import type { Disjunct } from '../../policy/vnnlib/property.js';
import type { Runtime } from '../../program/session.js';
import type { BranchProof } from '../branch/record.js';
import type { Branch, BranchReason } from '../branch/types.js';
import type { Witness } from './replay.js';
import type { Phase } from './times.js';

export type Problem = {
  readonly model: TypedModel;
  /** Over the model's flat input and its flat first output. */
  readonly disjuncts: readonly Disjunct[];
  /** First output of the original file for one input at batch size 1, flat. */
  readonly run: (input: Float32Array) => Promise<ArrayLike<number>>;
  /** Where the model's input is not what files take: what is run and judged then. Without it, the model's input and `disjuncts`. */
  readonly original?: {
    /** One for each of `disjuncts`, which are not satisfied where it is not. */
    readonly disjuncts: readonly Disjunct[];
    /** What `run` takes for a point of the model's input. */
    readonly inputOf: (disjunct: number, point: Float32Array) => Float32Array<ArrayBuffer>;
  };
};

export type DecideOptions = {
  readonly arithmetic: Deployment;
  readonly memoryBytes: number;
  readonly deadline: Deadline;
  /** Resolves a while after the deadline: whatever is under way is not waited for any longer. Default: it is. */
  readonly overdue?: Promise<void>;
  /** From the start to the deadline: shares of it are what phases may take. Infinity for none. */
  readonly timeoutMs: number;
  readonly seed: number;
  readonly clock: Clock;
  readonly branch?: Branch;
  /**
   * Sub-problems that branching may take; a round that has begun is finished. Where it is given, time decides nothing but the end, so
   * that equal runs end alike; and there is no attack, which whoever counts instead of measuring time has made before.
   */
  readonly ration?: number;
  /** Branching bounds the whole boxes itself, as its first sub-problems: they are not bounded before. */
  readonly branchesFromRoots?: boolean;
  /** Whether proved disjuncts have their proofs in the outcome. */
  readonly records?: boolean;
  readonly onProgress?: (progress: DecideProgress) => void;
};

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
 * -Infinity where nothing is known. `leastMargin`: the least that attack and branching saw the greatest excess be.
 */
export type DisjunctState = {
  readonly state: 'empty' | 'open' | 'violated';
  readonly bound: number;
  readonly leastMargin: number;
  /** Of an empty disjunct, where branching proved it and the search is recorded; else the whole box was bounded. */
  readonly proof?: BranchProof;
};

export type UnknownReason = BranchReason | 'loose-bounds';

export type Outcome = {
  readonly statistics: Statistics;
  /** By disjunct of the problem. */
  readonly disjuncts: readonly DisjunctState[];
  /** Least bound of a disjunct that is not empty; of all where all are. Infinity where there are none. */
  readonly bound: number;
} & (
  | { readonly verdict: 'proved'; readonly method: ProofMethod }
  | ({ readonly verdict: 'violated' } & Witness)
  | { readonly verdict: 'unknown'; readonly reason: UnknownReason; readonly detail: string | undefined }
);

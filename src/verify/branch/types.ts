// What branching is asked and what it answers: between `decide` and whatever splits boxes or activations.
import type { Clock, Deadline } from '../../base/deadline.js';
import type { Rng } from '../../base/rng.js';
import type { TypedModel } from '../../graph/typed-model.js';
import type { Deployment } from '../../ops/rounding.js';
import type { Runtime } from '../../program/session.js';
import type { RaisedValue } from '../crown/raised.js';
import type { BranchProof } from './record.js';

/**
 * A conjunction over the outputs y and the inputs x, both flat and row-major: outputs . y + inputs . x <= bounds, every row. A strict
 * constraint is its closure here: proving that none satisfies the closure proves it for the constraint.
 */
export type Rows = {
  readonly count: number;
  /** [count, outputs] */
  readonly outputs: Float32Array<ArrayBuffer>;
  /** [count, inputs] */
  readonly inputs: Float32Array<ArrayBuffer>;
  /**
   * [count]. At least the file's bound: coefficients that are no float32 numbers were rounded, and what that can change of
   * the left side within the box was added, so that every point that violates the property satisfies these rows.
   */
  readonly bounds: Float64Array<ArrayBuffer>;
};

/** One disjunct as branching sees it. Nothing in the box satisfies all rows => no input of the disjunct violates the property. */
export type OpenDisjunct = {
  /** In the property. */
  readonly index: number;
  /** [inputs] each: the float32 box around the file's float64 box. Disjuncts of equal boxes share these arrays. */
  readonly lower: Float32Array<ArrayBuffer>;
  readonly upper: Float32Array<ArrayBuffer>;
  /** Disjuncts with the same constraints over the same box share this object. */
  readonly rows: Rows;
  /**
   * [count] lower bounds of outputs . y + inputs . x - bounds over the box; -Infinity where nothing is known. None is
   * positive, else the disjunct were not open.
   */
  readonly known: Float64Array<ArrayBuffer>;
  /** By name, what is known of hidden values over the box, where their relaxations were raised. */
  readonly raised?: ReadonlyMap<string, RaisedValue>;
};

export type BranchRequest = {
  readonly model: TypedModel;
  readonly disjuncts: readonly OpenDisjunct[];
  readonly arithmetic: Deployment;
  /** Coefficients and sub-problems that wait take at most this. */
  readonly memoryBytes: number;
  /** Asked between batches. */
  readonly deadline: Deadline;
  readonly clock: Clock;
  readonly rng: Rng;
  /** Rounds, and when better programs take over, do not depend on how fast things are: equal requests with time left end alike. */
  readonly repeatable?: boolean;
  /** A pool; its threads are started by the first session that is opened or the first feeds that are shared. */
  readonly runtime: Runtime;
  /** In this thread, blocking it: for networks so small that threads would only cost. */
  readonly inline: Runtime;
  /**
   * Replays points [n, inputs] of the box of one disjunct on the original file; true where one is a counterexample: `decide`
   * keeps it, and branching returns at once. Points may lie anywhere: they are moved to the nearest admissible float32.
   * @param disjunct its index in the property
   */
  readonly tryPoints: (disjunct: number, points: Float32Array) => Promise<boolean>;
  /** Tells the attack of a point of the box of one disjunct whose greatest row exceeds its limit by no more than `excess`. */
  readonly suggest: (disjunct: number, point: Float32Array, excess: number) => void;
  /**
   * Goes on with the attack on all that is open, for about so long; true where it found a counterexample: return then.
   * @param scans whether points are only sampled
   */
  readonly attack: (milliseconds: number, scans: boolean) => Promise<boolean>;
  /** Whether results of empty disjuncts have their proofs. */
  readonly records?: boolean;
  readonly onProgress?: (progress: BranchProgress) => void;
};

export type BranchProgress = {
  /** Bounded so far, of all disjuncts. */
  readonly subproblems: number;
  readonly openDisjuncts: number;
  /** Least bound of what is open: see `BranchResult`. */
  readonly bound: number;
};

/** Of one disjunct. */
export type BranchResult = {
  /** In the property. */
  readonly index: number;
  /** 'empty': nothing in the box satisfies all rows. */
  readonly state: 'empty' | 'open';
  /**
   * Every point of the box has a row with outputs . y + inputs . x - bounds at least this; positive where empty. The best that is
   * known where open: the least over sub-problems that are left, of the greatest bound of a row.
   */
  readonly bound: number;
  readonly subproblems: number;
  /** Why it is open; undefined where empty, and where a counterexample ended the search. */
  readonly reason?: BranchReason;
  /** More on the reason, such as the operator that is not supported. */
  readonly detail?: string;
  /** Where it is empty and the request records. */
  readonly proof?: BranchProof;
};

/** 'exhausted': everything is split, and bounds are still loose; 'unsupported': an operator without bounds. */
export type BranchReason = 'timeout' | 'interrupted' | 'memory' | 'exhausted' | 'unsupported';

export type BranchStrategy = {
  /** What was measured or decided, one line each, for `--explain-strategy`. */
  readonly explanation: readonly string[];
};

/** One result for every disjunct of the request, in their order. */
export type Branch = (
  request: BranchRequest,
) => Promise<{ readonly results: readonly BranchResult[]; readonly strategy: BranchStrategy }>;

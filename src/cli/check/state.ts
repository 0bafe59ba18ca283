// What is known of each instance of a property; filled in rung by rung.
import type { Clock } from '../../base/deadline.js';
import type { FuzzingSummary, OutputBounds } from '../../findings/report.js';
import type { SearchTree } from '../../findings/search-tree.js';
import type { ProofMethod, Witness } from '../../findings/verdict.js';
import type { Runtime } from '../../program/session.js';
import type { Outcome } from '../../verify/decide.js';
import { outputsOf } from '../findings/outputs.js';
import type { Evidence, Found } from './evidence.js';
import { instanceCount } from './instances.js';
import type { ProofStore } from './proof-store.js';
import type { ResultStore } from './result-store.js';
import { seedInputOf } from './seeds.js';
import type { Subject } from './subject.js';

export type LadderContext = {
  readonly runtime: Runtime;
  readonly evidence: Evidence;
  readonly seed: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Undefined where proofs are not to be checked. */
  readonly proofs: ProofStore | undefined;
  /** Undefined where what earlier runs found is neither used nor kept. */
  readonly results: ResultStore | undefined;
  /** What paths in reports are relative to. */
  readonly cwd: string;
  /** What the property is at, for people. */
  progress(text: string): void;
};

export type Check =
  | { readonly kind: 'accepted'; readonly certificates: readonly string[] }
  /** 'unsupported': the checker cannot read it; 'failed': it could, and has not accepted it. */
  | { readonly kind: 'unsupported' | 'failed'; readonly why: string };

export type State = {
  /** Bound per instance, positive where proved. */
  readonly bounds: Float64Array;
  /** How the instance got its bound, where that is not by intervals. */
  readonly methods: Map<number, ProofMethod>;
  readonly witnesses: Map<number, Witness>;
  /** How branching proved instances, by disjunct: what certificates are made of. */
  readonly branchProofs: Map<number, Outcome['disjuncts']>;
  /** Proved by a certificate of an earlier run. */
  readonly recalled: Set<number>;
  /** How earlier proofs were split. */
  readonly recalledTrees: Map<number, SearchTree>;
  /** What the checker says of proofs. */
  readonly checks: Map<number, Check>;
  readonly executions: Int32Array;
  readonly smallestMargin: Float32Array;
  /** Sub-problems of branch and bound, of instances that were branched on. */
  readonly subproblems: Map<number, number>;
  /** Cells that boxes of pairs were cut into. */
  readonly cells: Map<number, number>;
  /** Parts of instances that were split before that. */
  readonly splits: Map<number, number>;
  /** For the report: how far outputs can move, of some instances. */
  readonly outputBounds: Map<number, readonly OutputBounds[]>;
  /** Why no instance could be bounded, if so. */
  unbounded: string | undefined;
  fuzzing: FuzzingSummary | null;
  /** Whether more time could have given other verdicts. */
  isCut: boolean;
  readonly notes: string[];
  /** Instances of other parts of the run, of which this part only says what the attack does. */
  readonly others: ReadonlySet<number>;
  /** Those of them that the attack has decided. */
  readonly decidedElsewhere: Set<number>;
  /** Of the property's budget: this part's share of it, once the attack has shown what is open. */
  share: number;
  /** Executions that may be spent, those of the attack on all instances among them. */
  executionBudget: number;
};

/** @param others instances of other parts of the run */
export const emptyState = (
  { property, set }: Pick<Subject, 'property' | 'set'>,
  others: ReadonlySet<number> = new Set(),
): State => {
  const count = instanceCount({ set });
  return {
    bounds: new Float64Array(count).fill(-Infinity),
    methods: new Map(),
    witnesses: new Map(),
    branchProofs: new Map(),
    recalled: new Set(),
    recalledTrees: new Map(),
    checks: new Map(),
    executions: new Int32Array(count),
    smallestMargin: new Float32Array(count).fill(Infinity),
    subproblems: new Map(),
    cells: new Map(),
    splits: new Map(),
    outputBounds: new Map(),
    unbounded: undefined,
    fuzzing: null,
    isCut: false,
    notes: [],
    others,
    decidedElsewhere: new Set(),
    share: 1,
    executionBudget: property.budget.executions,
  };
};

/** Of all parts of the run. */
export const openAnywhere = (subject: Subject, { bounds, witnesses, decidedElsewhere }: State): number[] =>
  Array.from({ length: instanceCount(subject) }, (_, at) => at).filter(
    (at) => !((bounds[at] ?? 0) > 0) && !witnesses.has(at) && !decidedElsewhere.has(at),
  );

/** Of this part. */
export const openInstances = (subject: Subject, state: State): number[] =>
  openAnywhere(subject, state).filter((at) => !state.others.has(at));

const spentOn = ({ executions }: State): number => executions.reduce((sum, spent) => sum + spent, 0);

export const executionsLeft = (state: State): number => state.executionBudget - spentOn(state);

/** From here on, this part works for itself: its share of what is left is that of the instances left open. */
export function takeShare(subject: Subject, state: State): void {
  if (state.others.size === 0) return;
  const everywhere = openAnywhere(subject, state).length;
  state.share = everywhere === 0 ? 0 : openInstances(subject, state).length / everywhere;
  state.executionBudget = spentOn(state) + Math.floor(executionsLeft(state) * state.share);
}

/** Replays a hit; what does not violate the property on the original model at batch size 1 is no finding. */
export async function confirm(
  subject: Subject,
  state: State,
  { evidence }: LadderContext,
  found: Found,
): Promise<boolean> {
  const judgement = await subject.replay(found.input, found.instance);
  if (!judgement.violated) return false;
  const shown = subject.exhibit?.of(found.input, found.instance);
  const seed = shown?.seed ?? seedInputOf(subject.set, found.seed);
  const outputs = await outputsOf(subject.models, shown?.input ?? found.input, seed);
  state.witnesses.set(found.instance, evidence.saveFinding(subject, { ...found, outputs }, judgement));
  return true;
}

export function addUp(state: State, executions: ArrayLike<number>, smallestMargin: Float32Array): void {
  Array.from(executions).forEach((spent, at) => {
    state.executions[at] = (state.executions[at] ?? 0) + spent;
    state.smallestMargin[at] = Math.min(state.smallestMargin[at] ?? Infinity, smallestMargin[at] ?? Infinity);
  });
}

// What is known of each instance of a property; filled in rung by rung.
import type { Clock } from '../../base/deadline.js';
import type { FuzzingSummary } from '../../findings/report.js';
import type { ProofMethod, Witness } from '../../findings/verdict.js';
import type { Runtime } from '../../program/session.js';
import { outputsOf } from '../findings/outputs.js';
import type { Evidence, Found } from './evidence.js';
import { instanceCount } from './instances.js';
import { seedInputOf } from './seeds.js';
import type { Subject } from './subject.js';

export type LadderContext = {
  readonly runtime: Runtime;
  readonly evidence: Evidence;
  readonly seed: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What the property is at, for people. */
  progress(text: string): void;
};

export type State = {
  /** Bound per instance, positive where proved. */
  readonly bounds: Float64Array;
  /** How the instance got its bound, where that is not by intervals. */
  readonly methods: Map<number, ProofMethod>;
  readonly witnesses: Map<number, Witness>;
  readonly executions: Int32Array;
  readonly smallestMargin: Float32Array;
  /** Sub-problems of branch and bound, of instances that were branched on. */
  readonly subproblems: Map<number, number>;
  /** Why no instance could be bounded, if so. */
  unbounded: string | undefined;
  fuzzing: FuzzingSummary | null;
  readonly notes: string[];
};

export const emptyState = (count: number): State => ({
  bounds: new Float64Array(count).fill(-Infinity),
  methods: new Map(),
  witnesses: new Map(),
  executions: new Int32Array(count),
  smallestMargin: new Float32Array(count).fill(Infinity),
  subproblems: new Map(),
  unbounded: undefined,
  fuzzing: null,
  notes: [],
});

export const openInstances = (subject: Subject, { bounds, witnesses }: State): number[] =>
  Array.from({ length: instanceCount(subject) }, (_, at) => at).filter(
    (at) => !((bounds[at] ?? 0) > 0) && !witnesses.has(at),
  );

export const executionsLeft = ({ property }: Subject, { executions }: State): number =>
  property.budget.executions - executions.reduce((sum, spent) => sum + spent, 0);

/** Replays a hit; what does not violate the property on the original model at batch size 1 is no finding. */
export async function confirm(
  subject: Subject,
  state: State,
  { evidence }: LadderContext,
  found: Found,
): Promise<boolean> {
  const judgement = await subject.replay(found.input, found.instance);
  if (!judgement.violated) return false;
  const outputs = await outputsOf(subject.models, found.input, seedInputOf(subject.set, found.seed));
  state.witnesses.set(found.instance, evidence.saveFinding(subject, { ...found, outputs }, judgement));
  return true;
}

export function addUp(state: State, executions: ArrayLike<number>, smallestMargin: Float32Array): void {
  Array.from(executions).forEach((spent, at) => {
    state.executions[at] = (state.executions[at] ?? 0) + spent;
    state.smallestMargin[at] = Math.min(state.smallestMargin[at] ?? Infinity, smallestMargin[at] ?? Infinity);
  });
}

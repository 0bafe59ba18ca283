// Every property of a policy, checked in turn: what `marauder check` and the library share. Prints nothing and writes no report.
import type { Clock } from '../../base/deadline.js';
import { gateOf } from '../../findings/gate.js';
import type { PropertyReport, RunReport, ShardRef } from '../../findings/report.js';
import type { Policy } from '../../policy/policy.js';
import { placeOf } from '../../policy/position.js';
import { runtimeVersion } from '../../program/ort.js';
import type { Runtime } from '../../program/session.js';
import { version } from '../version.js';
import type { Accepting } from './accepting.js';
import type { Counted } from './counts/count.js';
import { createCount, isCounted } from './counts/index.js';
import type { Evidence } from './evidence.js';
import { instanceCount } from './instances.js';
import { climb } from './ladder.js';
import type { ProofStore } from './proof-store.js';
import type { Resources } from './resources.js';
import type { ResultStore } from './result-store.js';
import { withPlace } from './runtime-failure.js';
import { othersOf } from './shard.js';
import type { Subject } from './subject.js';
import { createSubject } from './subjects/index.js';

/** What is told while a run goes on; properties are named by their index in the policy. */
export type CheckHooks = {
  start(index: number): void;
  /** What the property is at, in words; may be called often. */
  update(index: number, text: string): void;
  finish(index: number, report: PropertyReport): void;
};

export type CheckRun = {
  readonly policy: Policy;
  /** As reports name it. */
  readonly policyFile: string;
  readonly policyHash: string;
  readonly seed: number;
  readonly resources: Resources;
  readonly evidence: Evidence;
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly hooks: CheckHooks;
  /** Violations that were accepted before; missing: there is no baseline. */
  readonly accepting?: Accepting;
  /** What paths in reports are relative to. */
  readonly cwd: string;
  /** Missing: proofs are not checked. */
  readonly proofs?: ProofStore | undefined;
  /** Missing: what earlier runs found is neither used nor kept. */
  readonly results?: ResultStore | undefined;
  /** The part of the run that this is; undefined: all of it. */
  readonly shard?: ShardRef | undefined;
};

export const tool = () => ({ name: 'marauder', version, onnxruntime: runtimeVersion() }) as const;

export async function checkProperties(run: CheckRun): Promise<PropertyReport[]> {
  const { policy, resources, runtime, evidence, seed, clock, signal, hooks, shard } = run;
  // What does not fit together is said before anything runs for minutes.
  const subjects = await Promise.all(
    policy.properties.map((property) =>
      withPlace(placeOf(property.at), (): Promise<Subject | Counted> => {
        const context = { policy, resources, runtime };
        return isCounted(property) ? createCount(property, context) : createSubject(property, context);
      }),
    ),
  );
  const reports: PropertyReport[] = [];
  let before = 0;
  for (const [index, subject] of subjects.entries()) {
    hooks.start(index);
    const progress = (text: string) => hooks.update(index, text);
    const total = 'count' in subject ? subject.rows : instanceCount(subject);
    const decided = await withPlace(placeOf(subject.property.at), () => {
      const { cwd, proofs } = run;
      // Of a part of a run only that part is known.
      const results = shard === undefined ? run.results : undefined;
      const context = { runtime, evidence, proofs, results, cwd, seed, clock, signal, progress };
      const others = othersOf(total, before, shard);
      return 'count' in subject ? subject.count(context, others) : climb(subject, context, others);
    });
    before += total;
    const accepted = run.accepting?.accept(decided) ?? decided;
    const report = 'keep' in subject ? subject.keep(accepted, evidence) : accepted;
    reports.push(report);
    hooks.finish(index, report);
  }
  return reports;
}

export async function assemble(
  run: Omit<CheckRun, 'hooks'>,
  properties: readonly PropertyReport[],
): Promise<Omit<RunReport, 'timing'>> {
  const { models, data } = await run.resources.opened();
  const interrupted = run.signal.aborted;
  const baseline = run.accepting?.summary(properties) ?? null;
  return {
    schemaVersion: 1,
    tool: tool(),
    arithmetic: 'deployed',
    policy: { file: run.policyFile, sha256: run.policyHash },
    seed: run.seed,
    models,
    data,
    // Not even a part that has nothing to object to passes: a gate is judged of the whole.
    gate: run.shard === undefined ? gateOf({ properties, interrupted, baseline }) : 'failed',
    interrupted,
    ...(run.shard && { shard: run.shard }),
    properties,
    baseline,
  };
}

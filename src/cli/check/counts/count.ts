// Properties of finitely many inputs: every row is run at batch size 1, as a replay would, and that decides it.
import { worstOf } from '../../../findings/evidence-shown.js';
import { judged, tally } from '../../../findings/gate.js';
import type { InstanceReport, PropertyReport } from '../../../findings/report.js';
import { ranRight, type Verdict } from '../../../findings/verdict.js';
import type { Judgement } from '../../../policy/judge.js';
import type { AccuracyProperty, RegressionProperty } from '../../../policy/policy.js';
import type { Evidence, Witnessed } from '../evidence.js';
import { instanceName } from '../instances.js';
import type { LadderContext } from '../state.js';

export type CountedProperty = AccuracyProperty | RegressionProperty;

export type Counted = {
  readonly property: CountedProperty;
  readonly rows: number;
  /** Every row with its verdict, but those of other parts of the run; none has a finding yet. */
  count(context: LadderContext, others: ReadonlySet<number>): Promise<PropertyReport>;
  /** Saves the findings of the worst rows, of as many as the policy says: once it is known which are accepted. */
  keep(report: PropertyReport, evidence: Evidence): PropertyReport;
};

/** One row after the other, and what else the property asks. */
export type Rows = {
  readonly subject: Witnessed & { readonly property: CountedProperty };
  readonly claim: string;
  /** Executions of models for one row. */
  readonly executionsPerRow: number;
  /** The property at one row, on the original models. */
  judge(input: Float32Array, row: number): Promise<Judgement>;
  /** Of another kind than rows: does not count for the share, but has to hold. */
  readonly further?: Further;
};

type Further = {
  /** What its instance is called. */
  readonly name: string;
  /** @param own rows of this part of the run */
  decide(own: readonly number[], context: LadderContext): Promise<InstanceReport>;
};

export const countedBy = (rows: Rows): Counted => ({
  property: rows.subject.property,
  rows: rows.subject.set.instanceOf.length,
  count: (context, others) => countRows(rows, others, context),
  keep: (report, evidence) => keepWorst(rows.subject, report, evidence),
});

const interrupted: Verdict = { kind: 'unknown', reason: 'interrupted', detail: 'stopped by Ctrl-C' };

async function countRows(
  rows: Rows,
  others: ReadonlySet<number>,
  context: LadderContext,
): Promise<PropertyReport> {
  const { subject, claim, executionsPerRow } = rows;
  const { property, models, set } = subject;
  const { clock } = context;
  const started = clock();
  const own = [...set.instanceOf.keys()].filter((row) => !others.has(row));
  const instances: InstanceReport[] = [];
  for (const [done, row] of own.entries()) {
    if (done % 64 === 0) context.progress(`running row ${done} of ${own.length}`);
    instances.push({ instance: instanceName(subject, row), verdict: await verdictOf(rows, row, context) });
  }
  const attackMs = clock() - started;
  const all = [...instances, ...(await furtherOf(rows, own, context))];
  const report = judged({
    name: property.name,
    kind: property.kind,
    claim,
    at: { ...property.at },
    models: models.map(({ name }) => name),
    expect: property.expect,
    severity: property.severity,
    unknownPasses: property.unknownPasses,
    share: { reached: 0, required: property.share },
    verdicts: tally(all),
    instances: all,
    findings: property.findings,
    executions: instances.filter(({ verdict }) => verdict !== interrupted).length * executionsPerRow,
    subproblems: 0,
    fuzzing: null,
    coverageFloors: [],
    notes: [],
  });
  return {
    ...report,
    timing: { proveMs: clock() - started - attackMs, attackMs, fuzzMs: 0, totalMs: clock() - started },
  };
}

/** Of a part without rows there is nothing to say. */
async function furtherOf(
  { further }: Rows,
  own: readonly number[],
  context: LadderContext,
): Promise<InstanceReport[]> {
  if (further === undefined || own.length === 0) return [];
  const stopped: InstanceReport = { instance: further.name, verdict: interrupted, required: true };
  const decided = context.signal.aborted ? stopped : await further.decide(own, context);
  // Stopped while it was counted: the count is too small.
  return [context.signal.aborted ? stopped : decided];
}

async function verdictOf({ subject, judge }: Rows, row: number, { signal }: LadderContext): Promise<Verdict> {
  if (signal.aborted) return interrupted;
  const { violated, margin, summary } = await judge(inputOf(subject, row), row);
  if (!violated) return ranRight(margin);
  const found = { finding: null, foundBy: 'seed', executions: 1, linfDistance: 0 } as const;
  return { kind: 'violated', witness: { ...found, row: subject.set.rowOf[row] ?? row, margin, summary } };
}

const inputOf = ({ set }: Witnessed, row: number): Float32Array =>
  set.seeds.data.slice(row * set.size, (row + 1) * set.size);

function keepWorst(subject: Rows['subject'], report: PropertyReport, evidence: Evidence): PropertyReport {
  const worst = worstOf(report.instances, subject.property.findings);
  const rowOf = new Map(Array.from(subject.set.instanceOf, (_, row) => [instanceName(subject, row), row]));
  const instances = report.instances.map((one, at) => {
    const row = rowOf.get(one.instance);
    if (row === undefined || one.verdict.kind !== 'violated' || !worst.has(at)) return one;
    const { margin, summary } = one.verdict.witness;
    const found = {
      instance: row,
      seed: row,
      input: inputOf(subject, row),
      foundBy: 'seed',
      executions: 1,
    } as const;
    const witness = evidence.saveFinding(subject, found, { violated: true, margin, summary });
    return { ...one, verdict: { kind: 'violated', witness } as const };
  });
  return { ...report, instances };
}

// Properties of finitely many inputs: every row is run at batch size 1, as a replay would, and that decides it.
import { judged, tally } from '../../../findings/gate.js';
import type { InstanceReport, PropertyReport } from '../../../findings/report.js';
import type { Verdict } from '../../../findings/verdict.js';
import type { Judgement } from '../../../policy/judge.js';
import type { Property } from '../../../policy/policy.js';
import type { Witnessed } from '../evidence.js';
import { instanceName } from '../instances.js';
import type { LadderContext } from '../state.js';

export type Counted = {
  readonly property: Property;
  count(context: LadderContext): Promise<PropertyReport>;
};

/** One row after the other, and what else the property asks. */
export type Rows = {
  readonly subject: Witnessed;
  readonly claim: string;
  /** Executions of models for one row. */
  readonly executionsPerRow: number;
  /** The property at one row, on the original models. */
  judge(input: Float32Array, row: number): Promise<Judgement>;
  /** Of another kind than rows: does not count for the share, but has to pass. */
  further?(context: LadderContext): Promise<InstanceReport>;
};

const interrupted: Verdict = { kind: 'unknown', reason: 'interrupted', detail: 'stopped by Ctrl-C' };

export async function countRows(rows: Rows, context: LadderContext): Promise<PropertyReport> {
  const { subject, claim, executionsPerRow } = rows;
  const { property, models, set } = subject;
  const { clock } = context;
  const started = clock();
  const count = set.instanceOf.length;
  const instances: InstanceReport[] = [];
  for (let row = 0; row < count; row++) {
    if (row % 64 === 0) context.progress(`running row ${row} of ${count}`);
    instances.push({ instance: instanceName(subject, row), verdict: await verdictOf(rows, row, context) });
  }
  const attackMs = clock() - started;
  const further = context.signal.aborted ? [] : [await rows.further?.(context)].flatMap((one) => one ?? []);
  const all = [...instances, ...further.map((instance) => ({ ...instance, required: true as const }))];
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
    executions: count * executionsPerRow,
    subproblems: 0,
    fuzzing: null,
    coverageFloors: [],
    notes: [],
  });
  return {
    ...report,
    // What else it asks has not been looked at.
    ...(context.signal.aborted && { status: 'failed' }),
    timing: { proveMs: clock() - started - attackMs, attackMs, fuzzMs: 0, totalMs: clock() - started },
  };
}

async function verdictOf({ subject, judge }: Rows, row: number, context: LadderContext): Promise<Verdict> {
  if (context.signal.aborted) return interrupted;
  const { set } = subject;
  const input = set.seeds.data.slice(row * set.size, (row + 1) * set.size);
  const judgement = await judge(input, row);
  if (!judgement.violated) return ranRight(judgement.margin);
  const found = { instance: row, seed: row, input, foundBy: 'seed', executions: 1 } as const;
  return { kind: 'violated', witness: context.evidence.saveFinding(subject, found, judgement) };
}

/** What was run is so; there is nothing else to prove. */
export const ranRight = (margin: number | null): Verdict => ({
  kind: 'proved',
  method: 'execution',
  arithmetic: 'deployed',
  margin,
  checked: false,
});

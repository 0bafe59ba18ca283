// A property that was checked before, with nothing changed since: its proofs are checked again, its violations are run again, and what is left
// is what equal runs end in, so that it need not be searched again.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Deadline } from '../../base/deadline.js';
import { UserError } from '../../base/user-error.js';
import type { PropertyReport } from '../../findings/report.js';
import type { Verdict } from '../../findings/verdict.js';
import { decodeNpy } from '../../policy/data/npy.js';
import { yielding } from '../certificates/yielding.js';
import { createCheckers, isReadable } from './certifying.js';
import { instanceName } from './instances.js';
import { recalled } from './recalled-proofs.js';
import { keyOf } from './result-store.js';
import type { LadderContext, State } from './state.js';
import type { Subject } from './subject.js';

/** undefined where there is none, or where anything in it is not so any more. @param state after bounds by intervals */
export async function recallResult(
  subject: Subject,
  state: State,
  context: LadderContext,
  deadline: Deadline,
): Promise<PropertyReport | undefined> {
  const { results, proofs } = context;
  const key = keyOf(subject, context.seed, proofs !== undefined);
  if (results === undefined || key === undefined) return undefined;
  const report = await results.read(subject.property.name, key);
  if (report === undefined || report.instances.length !== state.bounds.length) return undefined;
  context.progress('checking earlier results');
  const cached = { proofs: 0, findings: 0, executions: report.executions };
  const holds = createTest(subject, state, context, deadline);
  for (const [instance, { instance: name, verdict }] of report.instances.entries()) {
    if (name !== instanceName(subject, instance) || !(await holds(instance, verdict))) return undefined;
    if (verdict.kind === 'proved' && verdict.checked) cached.proofs++;
    if (verdict.kind === 'violated') cached.findings++;
  }
  if (deadline.expired()) return undefined;
  const here = { ...report, at: subject.property.at };
  // What intervals have just proved is of this run.
  return Object.values(cached).some((some) => some > 0) ? { ...here, cached } : here;
}

/** Whether an earlier verdict still is to be given. */
function createTest(
  subject: Subject,
  { bounds }: State,
  { proofs, clock, cwd }: LadderContext,
  deadline: Deadline,
): (instance: number, verdict: Verdict) => Promise<boolean> {
  const checkers = createCheckers();
  const isStopped = yielding(deadline, clock);
  return async (instance, verdict) => {
    switch (verdict.kind) {
      case 'proved':
        // What no certificate says is bounded again: intervals are cheap.
        if (!verdict.checked) return verdict.method === 'ibp' && (bounds[instance] ?? 0) > 0;
        return (
          proofs !== undefined &&
          isReadable(subject) &&
          (await recalled(subject, instance, proofs, checkers, isStopped, false)) !== undefined
        );
      case 'violated': {
        const { finding } = verdict.witness;
        const input = finding === null ? undefined : inputOf(resolve(cwd, finding), subject.set.size);
        return input !== undefined && (await subject.replay(input, instance)).violated;
      }
      case 'tested':
      case 'unknown':
        // Kept only of runs that time did not end.
        return true;
    }
  };
}

function inputOf(finding: string, size: number): Float32Array | undefined {
  const file = join(finding, 'input.npy');
  if (!existsSync(file)) return undefined;
  try {
    const { data } = decodeNpy(readFileSync(file), file);
    return data instanceof Float32Array && data.length === size ? data : undefined;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

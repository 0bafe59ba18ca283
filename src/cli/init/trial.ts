// Tries properties as `marauder check` would, on a few rows and for a second or two, without leaving anything behind.
import { countedKinds, type PropertyKind } from '../../findings/kinds.js';
import type { PropertyReport } from '../../findings/report.js';
import type { SavedWitness } from '../../findings/verdict.js';
import { parsePolicy } from '../../policy/parse.js';
import type { Runtime } from '../../program/session.js';
import type { Evidence } from '../check/evidence.js';
import { createResources } from '../check/resources.js';
import { checkProperties } from '../check/run.js';
import type { Io } from '../options.js';
import { shownFrom } from '../shown.js';

/** A policy but for its properties, as plain data. */
export type PolicyParts = Readonly<Record<'version' | 'models' | 'inputs' | 'data', unknown>>;

export type Trial = (property: Readonly<Record<string, unknown>>) => Promise<PropertyReport>;

/** @param file where the policy is going to be: its paths are relative to that */
export function createTrial(
  parts: PolicyParts,
  file: string,
  runtime: Runtime,
  { cwd, clock, signal }: Io,
): Trial {
  const shown = shownFrom(cwd);
  const policyWith = (property: object) =>
    parsePolicy(
      JSON.stringify({
        ...parts,
        properties: [{ name: 'trial', ...(isSearched(property) && { unchecked: 'allowed' }), ...property }],
      }),
      file,
    );
  const empty = policyWith({
    kind: 'finite',
    model: Object.keys(parts.models as object)[0],
    expect: 'tested',
  });
  // Models and data are opened once for all trials.
  const resources = createResources(empty, runtime, shown, '');
  return async (property) => {
    const policy = policyWith(property);
    const about = { policyFile: shown(file), policyHash: '', seed: policy.seed };
    const hooks = { start: () => {}, update: () => {}, finish: () => {} };
    const run = { policy, ...about, resources, evidence: forgotten, cwd, runtime, clock, signal, hooks };
    const [report] = await checkProperties(run);
    if (report === undefined) throw new RangeError('a trial without a property');
    return report;
  };
}

/** What is only counted has no proofs to be checked. */
const isSearched = (property: object): boolean =>
  !('kind' in property && countedKinds.has(property.kind as PropertyKind));

/** Of a trial only the verdicts matter. */
const forgotten: Evidence = {
  saveFinding: (_subject, { foundBy, executions }, { margin, summary }): SavedWitness => ({
    finding: '',
    foundBy,
    executions,
    row: null,
    linfDistance: null,
    margin,
    summary,
  }),
  saveCorpus: () => {},
};

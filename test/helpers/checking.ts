// Properties of a policy over small models in files, checked as `marauder check` does, without writing findings.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Evidence, Found } from '../../src/cli/check/evidence.js';
import { climb } from '../../src/cli/check/ladder.js';
import { createProofStore, type ProofStore } from '../../src/cli/check/proof-store.js';
import { createResources } from '../../src/cli/check/resources.js';
import type { ResultStore } from '../../src/cli/check/result-store.js';
import type { Subject } from '../../src/cli/check/subject.js';
import { createSubject } from '../../src/cli/check/subjects/index.js';
import type { PropertyReport } from '../../src/findings/report.js';
import type { SavedWitness, Verdict } from '../../src/findings/verdict.js';
import type { Model } from '../../src/graph/graph.js';
import { parsePolicy } from '../../src/policy/parse.js';
import { encodeModel } from '../../src/program/emit.js';
import type { Runtime } from '../../src/program/session.js';
import { inline } from './programs.js';

export type Setting = {
  /** Each is a model of the policy by its place: m0, m1, ... */
  readonly files: readonly Model[];
  readonly rows: readonly (readonly number[])[];
  /** Of the rows. */
  readonly labels?: readonly number[];
  readonly range: readonly [number, number];
  /** Keys of the property, besides its name and data. */
  readonly property: Readonly<Record<string, unknown>>;
};

export type Checked = {
  readonly report: PropertyReport;
  readonly verdicts: readonly Verdict[];
  readonly found: readonly Found[];
  readonly subject: Subject;
};

export async function subjectOf(setting: Setting, runtime: Runtime = inline): Promise<Subject> {
  const { property, context } = contextOf(setting, runtime);
  return createSubject(property, context);
}

/** The property, and what it is opened with. */
export function contextOf(setting: Setting, runtime: Runtime) {
  const folder = mkdtempSync(join(tmpdir(), 'marauder-checking-'));
  const models = setting.files.map((file, at) => {
    const path = join(folder, `m${at}.onnx`);
    writeFileSync(path, encodeModel(file));
    return [`m${at}`, path] as const;
  });
  const inputs = (setting.rows[0] ?? []).map((_, at) => `f${at}`);
  const { labels } = setting;
  const header = labels === undefined ? inputs : [...inputs, 'label'];
  const lines = setting.rows.map((row, at) => (labels === undefined ? row : [...row, labels[at]]).join(','));
  writeFileSync(join(folder, 'rows.csv'), `${[header.join(','), ...lines].join('\n')}\n`);
  const text = JSON.stringify({
    version: 1,
    models: Object.fromEntries(models),
    inputs: { range: setting.range },
    data: { rows: { file: join(folder, 'rows.csv'), inputs, ...(labels && { labels: 'label' }) } },
    properties: [{ name: 'p', data: 'rows', expect: 'proved', ...setting.property }],
  });
  const policy = parsePolicy(text, join(folder, 'policy.yaml'));
  const [property] = policy.properties;
  if (property === undefined) throw new Error('no property');
  const resources = createResources(policy, runtime, (file) => file, folder);
  return { property, context: { policy, resources, runtime } };
}

type Circumstances = {
  readonly runtime?: Runtime;
  readonly signal?: AbortSignal;
  readonly progress?: (text: string) => void;
  /** Left out: a folder of its own. */
  readonly proofs?: ProofStore | undefined;
  readonly results?: ResultStore;
};

export async function checked(
  setting: Setting,
  {
    runtime = inline,
    signal = new AbortController().signal,
    progress = () => {},
    ...given
  }: Circumstances = {},
): Promise<Checked> {
  const subject = await subjectOf(setting, runtime);
  const found: Found[] = [];
  const evidence: Evidence = {
    saveFinding: (_, hit, { margin, summary }): SavedWitness => {
      found.push(hit);
      const { foundBy, executions } = hit;
      return { finding: 'f', foundBy, executions, row: 0, linfDistance: 0, margin, summary };
    },
    saveCorpus: () => {},
  };
  const clock = () => performance.now();
  const proofs = 'proofs' in given ? given.proofs : proofsIn(mkdtempSync(join(tmpdir(), 'marauder-proofs-')));
  const report = await climb(subject, {
    runtime,
    evidence,
    proofs,
    results: given.results,
    cwd: '/',
    seed: 1,
    clock,
    signal,
    progress,
  });
  return { report, verdicts: report.instances.map(({ verdict }) => verdict), found, subject };
}

export const proofsIn = (folder: string): ProofStore => createProofStore(folder, '.marauder', true);

/** What two runs of the same policy must agree on; its file lies in another folder each time. */
export const untimed = ({ timing: _, at: __, ...rest }: PropertyReport) => rest;

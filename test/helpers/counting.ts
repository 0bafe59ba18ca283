// Properties that are counted, over small models in files, as `marauder check` counts them, without writing findings.

import { createCount, isCounted } from '../../src/cli/check/counts/index.js';
import type { Found, Witnessed } from '../../src/cli/check/evidence.js';
import type { PropertyReport } from '../../src/findings/report.js';
import { contextOf, type Setting } from './checking.js';
import { inline } from './programs.js';

export type CountedRun = {
  readonly report: PropertyReport;
  readonly found: readonly Found[];
  readonly saved: readonly Witnessed[];
};

type Circumstances = {
  readonly signal?: AbortSignal;
  readonly progress?: () => void;
  /** What a baseline does to the property. */
  readonly accept?: (report: PropertyReport) => PropertyReport;
};

export async function counted(
  setting: Setting,
  {
    signal = new AbortController().signal,
    progress = () => {},
    accept = (report) => report,
  }: Circumstances = {},
): Promise<CountedRun> {
  const { property, context } = contextOf(setting, inline);
  if (!isCounted(property)) throw new Error(`${property.kind} is not counted`);
  const found: Found[] = [];
  const saved: Witnessed[] = [];
  const evidence = {
    saveFinding: (
      subject: Witnessed,
      hit: Found,
      { margin, summary }: { margin: number | null; summary: string },
    ) => {
      found.push(hit);
      saved.push(subject);
      const { foundBy, executions } = hit;
      return { finding: 'f', foundBy, executions, row: hit.seed, linfDistance: 0, margin, summary };
    },
    saveCorpus: () => {},
  };
  const { count, keep } = await createCount(property, context);
  const clock = () => performance.now();
  const unused = { proofs: undefined, results: undefined, cwd: '', progress };
  const decided = await count({ ...unused, runtime: inline, evidence, seed: 1, clock, signal }, new Set());
  const report = keep(accept(decided), evidence);
  return { report, found, saved };
}

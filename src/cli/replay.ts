// `marauder replay`: runs saved findings again, each on its original models at batch size 1.
import { resolve } from 'node:path';
import type { Judgement } from '../policy/judge.js';
import { runtimeVersion } from '../program/ort.js';
import type { Runtime } from '../program/session.js';
import { count, plural } from '../report/words.js';
import { findingFolders } from './findings/find.js';
import { judgeOf } from './findings/judge.js';
import { createFindingOpener, type OpenFinding } from './findings/open.js';
import { interruptedExitCode } from './interrupt.js';
import type { Io, ReplayOptions } from './options.js';
import { shownFrom } from './shown.js';
import { createThreads } from './threads.js';
import { version } from './version.js';

/** 1 where some finding still violates its property, 0 where none does any more. */
export async function runReplay({ findings, json }: ReplayOptions, io: Io): Promise<number> {
  const folders = [...new Set(findings.flatMap((path) => findingFolders(resolve(io.cwd, path))))];
  const runtime = createThreads(1);
  try {
    const open = createFindingOpener(runtime);
    const shown = shownFrom(io.cwd);
    const outcomes: Outcome[] = [];
    for (const folder of folders) {
      if (io.signal.aborted) return interruptedExitCode;
      const outcome = await replayed(await open(folder), shown(folder), runtime);
      outcomes.push(outcome);
      if (!json) io.stdout.write(describe(outcome, io));
    }
    const reproduced = outcomes.filter(({ judgement }) => judgement.violated).length;
    if (json) io.stdout.write(`${JSON.stringify(asData(outcomes, reproduced), null, 2)}\n`);
    else if (outcomes.length > 1)
      io.stdout.write(`\n${count(reproduced)} of ${plural(outcomes.length, 'finding')} still violated\n`);
    return reproduced > 0 ? 1 : 0;
  } finally {
    await runtime.close();
  }
}

type Outcome = Pick<OpenFinding, 'finding' | 'changed'> & {
  /** As it is shown. */
  readonly path: string;
  readonly judgement: Judgement;
};

async function replayed(opened: OpenFinding, path: string, runtime: Runtime): Promise<Outcome> {
  const { finding, changed, input } = opened;
  return { finding, changed, path, judgement: await judgeOf(opened, runtime).one(input) };
}

function describe({ path, finding, judgement, changed }: Outcome, { style }: Io): string {
  const mark = judgement.violated ? style.bad('✗ violated') : style.good('✓ holds now');
  const margin = judgement.margin === null ? '' : style.faint(` (margin ${judgement.margin.toPrecision(4)})`);
  const head = `${mark}  ${style.strong(finding.property)}  ${judgement.summary}${margin}  ${style.faint(path)}`;
  const notes = changed.map(
    (what) => `    ${style.warn('note:')} ${what} has changed since the finding was saved`,
  );
  return `${[head, ...notes].join('\n')}\n`;
}

const asData = (outcomes: readonly Outcome[], violated: number) => ({
  schemaVersion: 1,
  tool: { name: 'marauder', version, onnxruntime: runtimeVersion() },
  total: outcomes.length,
  violated,
  findings: outcomes.map(({ path, finding, judgement, changed }) => ({
    finding: path,
    property: finding.property,
    kind: finding.kind,
    objective: finding.objective,
    cluster: finding.cluster,
    violated: judgement.violated,
    margin: judgement.margin,
    summary: judgement.summary,
    saved: { margin: finding.margin, summary: finding.summary },
    changed,
  })),
});

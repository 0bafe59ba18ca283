// `marauder check`: every property of a policy, one report, one exit code.
import { resolve } from 'node:path';
import type { PropertyReport, RunReport } from '../findings/report.js';
import { parsePolicy } from '../policy/parse.js';
import type { Policy } from '../policy/policy.js';
import { nameWidthOf, propertyText } from '../report/property-text.js';
import type { Style } from '../report/style.js';
import { headerText, summaryRow, summaryText } from '../report/summary-text.js';
import { createEvidence } from './check/evidence.js';
import { materialIn } from './check/material.js';
import { assertReportsWritable, printReport, readerOf, reportFiles, writeReports } from './check/reports.js';
import { createResources } from './check/resources.js';
import { assemble, type CheckHooks, type CheckRun, checkProperties, tool } from './check/run.js';
import { assertWritableFolder, findPolicy, readTextFile } from './files.js';
import { writeListing } from './findings/listing.js';
import { sha256 } from './hash.js';
import { interruptedExitCode } from './interrupt.js';
import type { CheckOptions, Io } from './options.js';
import { createProgress, type Progress } from './progress.js';
import { shownFrom } from './shown.js';
import { createThreads } from './threads.js';
import { fitted } from './wrap.js';

export async function runCheck(options: CheckOptions, io: Io): Promise<number> {
  const startedAt = new Date().toISOString();
  const started = io.clock();
  const file = options.policy === undefined ? findPolicy(io.cwd) : resolve(io.cwd, options.policy);
  const text = readTextFile(file);
  const policyFile = shownFrom(io.cwd)(file);
  const policy = parsePolicy(text, policyFile);
  assertReportsWritable(options.reports, io.cwd);
  assertWritableFolder(resolve(io.cwd, options.outputDir));
  const runtime = createThreads(options.workers);
  const reader = readerOf(options.reports, io);
  try {
    const seed = options.seed ?? policy.seed;
    const run = {
      policy,
      policyFile,
      policyHash: sha256(text),
      seed,
      resources: createResources(policy, runtime, shownFrom(io.cwd)),
      evidence: createEvidence(io.cwd, options.outputDir, seed),
      clock: io.clock,
      signal: io.signal,
      runtime,
    };
    const properties = await checkShown(run, options, reader);
    writeListing(resolve(io.cwd, options.outputDir, 'findings'));
    const timing = { startedAt, totalMs: io.clock() - started, workers: options.workers };
    const report = { ...(await assemble(run, properties)), timing };
    const materialFor = (style: Style) => materialIn(io.cwd, { style, policyText: text });
    writeReports(report, materialFor, options.reports, io.cwd);
    conclude(report, options, reader);
    printReport(report, materialFor, options.reports, io);
    return report.interrupted ? interruptedExitCode : report.gate === 'passed' ? 0 : 1;
  } finally {
    await runtime.close();
  }
}

type Reader = ReturnType<typeof readerOf>;

/** With a header, progress, and each property's result as it comes. */
async function checkShown(
  run: Omit<CheckRun, 'hooks'>,
  { quiet }: CheckOptions,
  reader: Reader,
): Promise<PropertyReport[]> {
  const { policy, policyFile, policyHash, seed, clock, signal } = run;
  const { stream, style } = reader;
  const header = { tool: tool(), policy: { file: policyFile, sha256: policyHash }, seed };
  if (!quiet) stream.write(`${headerText(header, style)}\n\n`);
  const progress = createProgress(stream, style, policy.properties, { clock, signal, live: !quiet });
  try {
    return await checkProperties({ ...run, hooks: hooksOf(progress, policy, quiet, reader) });
  } finally {
    progress.stop();
  }
}

function hooksOf(
  progress: Progress,
  { properties }: Policy,
  quiet: boolean,
  { stream, style }: Reader,
): CheckHooks {
  const width = nameWidthOf(properties);
  return {
    start: progress.start,
    update: progress.update,
    finish: (index, report) => {
      if (!quiet || report.status === 'failed')
        progress.finish(index, fitted(propertyText(report, style, width), stream));
    },
  };
}

function conclude(report: RunReport, { reports }: CheckOptions, { stream, style }: Reader): void {
  const files = reportFiles(reports);
  const row = summaryRow(files.length > 1 ? 'Reports' : 'Report', files.join(', '), style);
  stream.write(`\n${summaryText(report, style)}\n${files.length > 0 ? `${row}\n` : ''}`);
}

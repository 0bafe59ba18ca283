// `marauder check`: every property of a policy, one report, one exit code.
import { resolve } from 'node:path';
import type { PropertyReport } from '../findings/report.js';
import { completedText, parsePolicy } from '../policy/parse.js';
import type { Policy } from '../policy/policy.js';
import type { PolicyText } from '../policy/schema.js';
import { nameWidthOf, propertyText } from '../report/property-text.js';
import type { Style } from '../report/style.js';
import { headerText } from '../report/summary-text.js';
import { createAccepting } from './check/accepting.js';
import { conclude } from './check/conclude.js';
import { createEvidence } from './check/evidence.js';
import { featuresIn } from './check/features.js';
import { requireFloors } from './check/floors.js';
import { materialIn } from './check/material.js';
import { createProofStore } from './check/proof-store.js';
import { assertReportsWritable, printReport, readerOf, writeReports } from './check/reports.js';
import { createResources, modelsFolder } from './check/resources.js';
import { createResultStore } from './check/result-store.js';
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
import { yamlLines } from './yaml-text.js';

export async function runCheck(options: CheckOptions, io: Io): Promise<number> {
  const startedAt = new Date().toISOString();
  const started = io.clock();
  const file = options.policy === undefined ? findPolicy(io.cwd) : resolve(io.cwd, options.policy);
  const text = readTextFile(file);
  const policyFile = shownFrom(io.cwd)(file);
  const policy = parsePolicy(text, policyFile);
  requireFloors(policy);
  if (options.printConfig) return printConfig(completedText(text, policyFile), options, io);
  const accepting = createAccepting(options, policy, file, io.cwd);
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
      resources: createResources(
        policy,
        runtime,
        shownFrom(io.cwd),
        modelsFolder(resolve(io.cwd, options.outputDir)),
      ),
      evidence: createEvidence(io.cwd, options.outputDir, seed),
      clock: io.clock,
      signal: io.signal,
      accepting,
      cwd: io.cwd,
      proofs: options.certifies ? createProofStore(io.cwd, options.outputDir, options.reuses) : undefined,
      results: options.reuses ? createResultStore(io.cwd, options.outputDir) : undefined,
      runtime,
      shard: options.shard,
    };
    const properties = await checkShown(run, options, reader);
    writeListing(resolve(io.cwd, options.outputDir, 'findings'));
    const timing = { startedAt, totalMs: io.clock() - started, workers: options.workers };
    const report = { ...(await assemble(run, properties)), timing };
    const materialFor = (style: Style) => materialIn(io.cwd, { style, policyText: text }, featuresIn(policy));
    writeReports(report, materialFor, options.reports, io.cwd);
    conclude(report, options.reports, reader);
    printReport(report, materialFor, options.reports, io);
    if (report.interrupted) return interruptedExitCode;
    // The gate is judged of all parts together, by `merge-reports`.
    return options.shard !== undefined || report.gate === 'passed' ? 0 : 1;
  } finally {
    await runtime.close();
  }
}

/** Can be checked as it stands, from the folder of the policy. */
function printConfig(policy: PolicyText, { seed = policy.seed }: CheckOptions, { stdout }: Io): number {
  stdout.write(`${yamlLines({ ...policy, seed }).join('\n')}\n`);
  return 0;
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
      // Of a property that other parts decide there is nothing to say.
      if (report.instances.length > 0 && (!quiet || report.status === 'failed'))
        progress.finish(index, fitted(propertyText(report, style, width), stream));
    },
  };
}

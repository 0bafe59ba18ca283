// `marauder check`: every property of a policy, one report, one exit code.
import { resolve } from 'node:path';
import type { PropertyReport, RunReport } from '../findings/report.js';
import { parsePolicy } from '../policy/parse.js';
import type { Policy } from '../policy/policy.js';
import { placeOf } from '../policy/position.js';
import { runtimeVersion } from '../program/ort.js';
import type { Runtime } from '../program/session.js';
import { nameWidthOf, propertyText } from '../report/property-text.js';
import type { Style } from '../report/style.js';
import { headerText, summaryRow, summaryText } from '../report/summary-text.js';
import { createEvidence } from './check/evidence.js';
import { climb } from './check/ladder.js';
import { materialIn } from './check/material.js';
import { assertReportsWritable, printReport, readerOf, reportFiles, writeReports } from './check/reports.js';
import { createResources, type Resources } from './check/resources.js';
import { withPlace } from './check/runtime-failure.js';
import { createSubject } from './check/subjects/index.js';
import { assertWritableFolder, findPolicy, readTextFile } from './files.js';
import { writeListing } from './findings/listing.js';
import { sha256 } from './hash.js';
import { interruptedExitCode } from './interrupt.js';
import type { CheckOptions, Io } from './options.js';
import { createProgress } from './progress.js';
import { shownFrom } from './shown.js';
import { createThreads } from './threads.js';
import { version } from './version.js';
import { fitted } from './wrap.js';

export async function runCheck(options: CheckOptions, io: Io): Promise<number> {
  const startedAt = new Date().toISOString();
  const started = io.clock();
  const file = options.policy === undefined ? findPolicy(io.cwd) : resolve(io.cwd, options.policy);
  const text = readTextFile(file);
  const policy = parsePolicy(text, shownFrom(io.cwd)(file));
  assertReportsWritable(options.reports, io.cwd);
  assertWritableFolder(resolve(io.cwd, options.outputDir));
  const runtime = createThreads(options.workers);
  try {
    const run = {
      policy,
      policyFile: file,
      policyHash: sha256(text),
      seed: options.seed ?? policy.seed,
      options,
      io,
      reader: readerOf(options.reports, io),
      runtime,
    };
    const resources = createResources(policy, runtime, shownFrom(io.cwd));
    const properties = await checkProperties(run, resources);
    writeListing(resolve(io.cwd, options.outputDir, 'findings'));
    const timing = { startedAt, totalMs: io.clock() - started, workers: options.workers };
    const report = { ...(await assemble(run, resources, properties)), timing };
    const materialFor = (style: Style) => materialIn(io.cwd, { style, policyText: text });
    writeReports(report, materialFor, options.reports, io.cwd);
    conclude(report, run);
    printReport(report, materialFor, options.reports, io);
    return report.interrupted ? interruptedExitCode : report.gate === 'passed' ? 0 : 1;
  } finally {
    await runtime.close();
  }
}

type Run = {
  readonly policy: Policy;
  readonly policyFile: string;
  readonly policyHash: string;
  readonly seed: number;
  readonly options: CheckOptions;
  readonly io: Io;
  readonly reader: ReturnType<typeof readerOf>;
  readonly runtime: Runtime;
};

const tool = () => ({ name: 'marauder', version, onnxruntime: runtimeVersion() }) as const;

async function checkProperties(run: Run, resources: Resources): Promise<PropertyReport[]> {
  const { policy, io, options, seed, runtime } = run;
  const { clock, signal } = io;
  const { stream, style } = run.reader;
  const header = {
    tool: tool(),
    policy: { file: shownFrom(io.cwd)(run.policyFile), sha256: run.policyHash },
    seed,
  };
  if (!options.quiet) stream.write(`${headerText(header, style)}\n\n`);
  const progress = createProgress(stream, style, policy.properties, { clock, signal, live: !options.quiet });
  const width = nameWidthOf(policy.properties);
  const evidence = createEvidence(io.cwd, options.outputDir, seed);
  const reports: PropertyReport[] = [];
  try {
    // What does not fit together is said before anything runs for minutes.
    const subjects = await Promise.all(
      policy.properties.map((property) =>
        withPlace(placeOf(property.at), () => createSubject(property, { policy, resources, runtime })),
      ),
    );
    for (const [index, subject] of subjects.entries()) {
      progress.start(index);
      const update = (text: string) => progress.update(index, text);
      const report = await withPlace(placeOf(subject.property.at), () =>
        climb(subject, { runtime, evidence, seed, clock, signal, progress: update }),
      );
      reports.push(report);
      if (!options.quiet || report.status === 'failed')
        progress.finish(index, fitted(propertyText(report, style, width), stream));
    }
  } finally {
    progress.stop();
  }
  return reports;
}

async function assemble(
  run: Run,
  resources: Resources,
  properties: readonly PropertyReport[],
): Promise<Omit<RunReport, 'timing'>> {
  const { models, data } = await resources.opened();
  const interrupted = run.io.signal.aborted;
  const passed = !interrupted && properties.every(({ status }) => status === 'passed');
  return {
    schemaVersion: 1,
    tool: tool(),
    arithmetic: 'deployed',
    policy: { file: shownFrom(run.io.cwd)(run.policyFile), sha256: run.policyHash },
    seed: run.seed,
    models,
    data,
    gate: passed ? 'passed' : 'failed',
    interrupted,
    properties,
  };
}

function conclude(report: RunReport, { options, reader: { stream, style } }: Run): void {
  const files = reportFiles(options.reports);
  const row = summaryRow(files.length > 1 ? 'Reports' : 'Report', files.join(', '), style);
  stream.write(`\n${summaryText(report, style)}\n${files.length > 0 ? `${row}\n` : ''}`);
}

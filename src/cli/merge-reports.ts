// `marauder merge-reports`: the parts of a run as one report, with the gate of the whole.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf, UserError } from '../base/user-error.js';
import { mergeParts } from '../findings/merge-parts.js';
import type { RunReport } from '../findings/report.js';
import { parseReport } from '../findings/schema.js';
import { nameWidthOf, propertyText } from '../report/property-text.js';
import type { Style } from '../report/style.js';
import { headerText } from '../report/summary-text.js';
import { conclude } from './check/conclude.js';
import { materialIn } from './check/material.js';
import { assertReportsWritable, printReport, readerOf, writeReports } from './check/reports.js';
import { readTextFile } from './files.js';
import { interruptedExitCode } from './interrupt.js';
import type { Io, MergeReportsOptions } from './options.js';
import { fitted } from './wrap.js';

export async function runMergeReports({ parts, reports }: MergeReportsOptions, io: Io): Promise<number> {
  assertReportsWritable(reports, io.cwd);
  const report = mergeParts(parts.map((file) => ({ file, report: read(resolve(io.cwd, file), file) })));
  const reader = readerOf(reports, io);
  const { stream, style } = reader;
  stream.write(`${headerText(report, style)}\n\n`);
  const width = nameWidthOf(report.properties);
  for (const property of report.properties)
    stream.write(`${fitted(propertyText(property, style, width), stream)}\n`);
  const policyText = policyTextOf(resolve(io.cwd, report.policy.file));
  const materialFor = (painted: Style) => materialIn(io.cwd, { style: painted, policyText });
  writeReports(report, materialFor, reports, io.cwd);
  conclude(report, reports, reader);
  printReport(report, materialFor, reports, io);
  return report.interrupted ? interruptedExitCode : report.gate === 'passed' ? 0 : 1;
}

function read(path: string, file: string): RunReport {
  const text = readTextFile(path);
  try {
    return parseReport(JSON.parse(text), file);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const hint = 'give reports that "marauder check --shard" wrote';
    throw new UserError(
      'INVALID_FINDING',
      { where: file, problem: `not JSON: ${messageOf(cause)}`, hint },
      { cause },
    );
  }
}

/** Where the parts come from other machines, the policy may not be here. */
const policyTextOf = (file: string): string | undefined =>
  existsSync(file) ? readTextFile(file) : undefined;

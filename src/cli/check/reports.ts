// Reports of a run: which reporters it was asked for, and where what they give goes.
import { resolve } from 'node:path';
import type { RunReport } from '../../findings/report.js';
import { type ReporterName, reporters } from '../../report/index.js';
import type { Material } from '../../report/material.js';
import { plain, type Style } from '../../report/style.js';
import { assertWritable, writeFileAtomic } from '../files.js';
import type { Io, Output } from '../options.js';

export type ReportTarget = {
  readonly reporter: ReporterName;
  /** Relative to `Io.cwd`; undefined: standard output. */
  readonly file: string | undefined;
};

/** Files that reports go to, as they were typed. */
export const reportFiles = (targets: readonly ReportTarget[]): string[] =>
  targets.flatMap(({ file }) => (file === undefined ? [] : [file]));

/** Before a long run, rather than after it. @throws UserError FILE_UNWRITABLE */
export function assertReportsWritable(targets: readonly ReportTarget[], cwd: string): void {
  for (const file of reportFiles(targets)) assertWritable(resolve(cwd, file));
}

/** Where people read along: on standard error where another report has standard output for itself. */
export function readerOf(
  targets: readonly ReportTarget[],
  { stdout, stderr, style, errorStyle }: Io,
): { readonly stream: Output; readonly style: Style } {
  return onStdout(targets) === undefined ? { stream: stdout, style } : { stream: stderr, style: errorStyle };
}

/** The reporter that standard output is for, where that is not the text that people read along. */
const onStdout = (targets: readonly ReportTarget[]): ReporterName | undefined =>
  targets.find(({ reporter, file }) => file === undefined && reporter !== 'text')?.reporter;

/**
 * Every file that can be written is, whatever becomes of the others.
 * @param materialFor what reporters may ask for, painted in this style
 * @throws the first of the failures
 */
export function writeReports(
  report: RunReport,
  materialFor: (style: Style) => Material,
  targets: readonly ReportTarget[],
  cwd: string,
): void {
  const failures = targets.flatMap(({ reporter, file }) => {
    if (file === undefined) return [];
    try {
      writeFileAtomic(resolve(cwd, file), reporters[reporter].render(report, materialFor(plain)));
      return [];
    } catch (error) {
      return [error];
    }
  });
  if (failures.length > 0) throw failures[0];
}

/** The report that standard output is for, where that is not the text that people read along. */
export function printReport(
  report: RunReport,
  materialFor: (style: Style) => Material,
  targets: readonly ReportTarget[],
  { stdout, style }: Io,
): void {
  const reporter = onStdout(targets);
  if (reporter !== undefined) stdout.write(reporters[reporter].render(report, materialFor(style)));
}

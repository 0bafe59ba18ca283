// `--reporter NAME[=FILE]`, as often as one likes, and `--report FILE`: what they ask for together.
import { normalize } from 'node:path';
import { suggest } from '../../policy/suggest.js';
import { type ReporterName, reporterNames } from '../../report/index.js';
import { usageError } from '../values.js';
import type { ReportTarget } from './reports.js';

export const defaultReport = 'marauder-report.json';

/**
 * Text is for standard output unless another reporter takes it; JSON is written in any case, since other commands read it.
 * @param given as typed, one text each
 * @param report the file of the short form
 * @throws UserError USAGE for a name that is none, or two reports in one place
 */
export function readReporters(given: readonly string[], report: string | undefined): ReportTarget[] {
  const asked = given.map(readReporter);
  const short: ReportTarget[] = report === undefined ? [] : [{ reporter: 'json', file: report }];
  const named = [...short, ...asked];
  const json = named.some(({ reporter }) => reporter === 'json') ? [] : [jsonFile];
  const text = named.some(({ file }) => file === undefined) ? [] : [textOnStdout];
  const targets = [...text, ...json, ...named];
  refuseSamePlace(targets);
  return targets;
}

const textOnStdout: ReportTarget = { reporter: 'text', file: undefined };
const jsonFile: ReportTarget = { reporter: 'json', file: defaultReport };

function readReporter(text: string): ReportTarget {
  const [, name = '', file] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  const reporter = reporterNames.find((known) => known === name);
  if (reporter === undefined)
    throw refused(`--reporter cannot be ${JSON.stringify(name)}${suggest(name, reporterNames, 'there are')}`);
  if (file === '') throw refused(`--reporter ${reporter}= names no file`);
  return { reporter, file };
}

function refuseSamePlace(targets: readonly ReportTarget[]): void {
  const taken = new Map<string | undefined, ReporterName>();
  for (const { reporter, file } of targets) {
    const place = file === undefined ? undefined : normalize(file);
    const other = taken.get(place);
    if (other !== undefined)
      throw refused(`${other} and ${reporter} both go to ${file ?? 'standard output'}`, onePlaceEach);
    taken.set(place, reporter);
  }
}

const onePlaceEach = 'give each reporter a file of its own: NAME=FILE';
const form = `give NAME or NAME=FILE, where NAME is ${reporterNames.join(', ')}`;

const refused = (problem: string, hint = form) => usageError('check', problem, hint);

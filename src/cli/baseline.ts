// `marauder baseline`: accepts the violations of the last report. Runs nothing.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../base/user-error.js';
import { type Baseline, type BaselineEntry, baselineSchemaVersion } from '../findings/baseline.js';
import { parseBaseline } from '../findings/baseline-schema.js';
import type { PropertyReport, RunReport } from '../findings/report.js';
import { parseReport } from '../findings/schema.js';
import { plural } from '../report/words.js';
import { besidePolicy, namesIn } from './baseline/file.js';
import { findPolicy, readTextFile, writeFileAtomic } from './files.js';
import type { BaselineOptions, Io } from './options.js';
import { shownFrom } from './shown.js';

export async function runBaseline(options: BaselineOptions, io: Io): Promise<number> {
  const policyFile = options.policy === undefined ? findPolicy(io.cwd) : resolve(io.cwd, options.policy);
  const reportFile = resolve(io.cwd, options.report);
  const report = readReport(reportFile);
  requireWhole(report, reportFile);
  requireSamePolicy(report, policyFile, reportFile, io);
  const file = options.output === undefined ? besidePolicy(policyFile) : resolve(io.cwd, options.output);
  const before = existsSync(file) ? parseBaseline(readTextFile(file), file).accepted : [];
  const accepted = acceptedIn(report, before, namesIn(file, report.models, io.cwd), options.reason);
  const baseline: Baseline = { schemaVersion: baselineSchemaVersion, accepted };
  writeFileAtomic(file, `${JSON.stringify(baseline, null, 2)}\n`);
  const earlier = new Set(before.map(keyOf));
  const kept = accepted.filter((entry) => earlier.has(keyOf(entry))).length;
  const counts = `${plural(accepted.length - kept, 'new entry', 'new entries')}, ${kept} kept, ${before.length - kept} dropped`;
  io.stdout.write(
    `${plural(accepted.length, 'accepted violation')} (${counts})  ${shownFrom(io.cwd)(file)}\n`,
  );
  return 0;
}

function readReport(file: string): RunReport {
  const text = readTextFile(file);
  try {
    return parseReport(JSON.parse(text), file);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const hint = 'give the JSON report of "marauder check": --report FILE';
    throw new UserError('INVALID_FINDING', { where: file, problem: 'is not JSON', hint }, { cause });
  }
}

/** Entries of rows that other parts have would be dropped. */
function requireWhole({ shard }: RunReport, where: string): void {
  if (shard === undefined) return;
  throw new UserError('INVALID_FINDING', {
    where,
    problem: `is the report of part ${shard.index} of ${shard.count} of a run, which knows only its own rows`,
    hint: 'join all parts with "marauder merge-reports" and give the report of that',
  });
}

/** What is accepted must be what was seen. */
function requireSamePolicy(report: RunReport, policyFile: string, where: string, { cwd }: Io): void {
  if (resolve(cwd, report.policy.file) === policyFile) return;
  throw new UserError('INVALID_FINDING', {
    where,
    problem: `is the report of ${report.policy.file}, not of ${shownFrom(cwd)(policyFile)}`,
    hint: 'run "marauder check" on this policy first, in this folder',
  });
}

/**
 * Violations that fail a property, and those accepted before that are still violated or about which nothing is known.
 * Entries of properties that the report does not have are dropped.
 */
function acceptedIn(
  { properties }: RunReport,
  before: readonly BaselineEntry[],
  filesOf: (names: readonly string[]) => string[],
  reason: string | undefined,
): BaselineEntry[] {
  const earlier = new Map(before.map((entry) => [keyOf(entry), entry]));
  return properties.flatMap((property) => {
    const models = filesOf(property.models);
    return property.instances.flatMap(({ instance, verdict, accepted }) => {
      const entry: BaselineEntry = { property: property.name, instance, models };
      const old = earlier.get(keyOf(entry));
      if (verdict.kind === 'proved' || verdict.kind === 'tested') return [];
      if (old !== undefined) return [old];
      if (verdict.kind !== 'violated' || !isWanted(property, accepted)) return [];
      const why = accepted?.reason ?? reason;
      return [why === undefined ? entry : { ...entry, reason: why }];
    });
  });
}

/** Where enough rows hold, the property passes as it is: to accept the others would only loosen it. */
const isWanted = ({ status }: PropertyReport, accepted: unknown): boolean =>
  status === 'failed' || accepted !== undefined;

const keyOf = ({ property, instance, models }: BaselineEntry): string =>
  JSON.stringify([property, instance, models]);

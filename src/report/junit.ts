// JUnit XML, as Jenkins, GitLab and most others read it: a suite per property, a case per instance. Valid by the schema of Jenkins'
// xUnit plugin. That of Ant knows neither skipped cases nor totals of all suites.
import { fallsShort } from '../findings/gate.js';
import type { InstanceReport, PropertyReport, RunReport } from '../findings/report.js';
import type { Reporter } from './reporter.js';
import { replayCommand, runShortfalls, type Shortfall, shortfallsOf } from './shortfalls.js';
import { provenance } from './verdict-words.js';
import { oneLine } from './words.js';
import { attributes, element, textOf } from './xml.js';

export const junit = {
  about: 'JUnit XML, for Jenkins, GitLab and others',
  render: (report) => {
    const suites = [...report.properties.map(suiteOfProperty), ...suitesOfRun(report)];
    const total = (of: (suite: Suite) => number) => suites.reduce((sum, suite) => sum + of(suite), 0);
    const head = attributes({
      name: report.policy.file,
      tests: total(({ cases }) => cases.length),
      failures: total(failuresIn),
      errors: 0,
      time: seconds(report.timing.totalMs),
    });
    const body = suites.map((suite, at) => suiteXml(suite, at, report));
    return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${head}>\n${body.join('')}</testsuites>\n`;
  },
} satisfies Reporter;

type Outcome =
  | { readonly kind: 'passed'; readonly note?: string }
  | { readonly kind: 'failed'; readonly type: string; readonly message: string; readonly text: string }
  /** Known, and does not fail the build. */
  | { readonly kind: 'skipped'; readonly message: string };

type Case = { readonly name: string; readonly outcome: Outcome };

type Suite = {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
  readonly timeMs: number;
};

function suiteOfProperty(property: PropertyReport): Suite {
  const { name, kind, expect, severity, claim, models, share, at } = property;
  const shortfalls = shortfallsOf(property);
  const byInstance = new Map(shortfalls.map((shortfall) => [shortfall.instance, shortfall]));
  const cases = property.instances.map((instance) => ({
    name: instance.instance,
    outcome: outcomeOf(property, instance, byInstance.get(instance.instance)),
  }));
  const others = shortfalls
    .filter(({ instance }) => instance === undefined)
    .map((shortfall) => ({ name: shortfall.kind, outcome: failure(property, shortfall) }));
  return {
    name,
    properties: {
      kind,
      expect,
      severity,
      share: `${share.required}`,
      models: models.join(', '),
      claim,
      policy: `${at.file}:${at.line}:${at.column}`,
    },
    cases: [...cases, ...others],
    timeMs: property.timing.totalMs,
  };
}

function outcomeOf(
  property: PropertyReport,
  { verdict, accepted, ...instance }: InstanceReport,
  shortfall: Shortfall | undefined,
): Outcome {
  if (shortfall !== undefined) return failure(property, shortfall);
  const seen =
    verdict.kind === 'violated'
      ? `violated: ${verdict.witness.summary}${provenance(verdict.witness)}`
      : verdict.kind;
  if (accepted !== undefined) {
    const reason = accepted.reason === null ? '' : `: ${accepted.reason}`;
    return { kind: 'skipped', message: `accepted by the baseline${reason}; ${seen}` };
  }
  if (verdict.kind === 'unknown' && property.unknownPasses)
    return { kind: 'skipped', message: `unknown, which the policy lets pass: ${verdict.detail}` };
  // Enough others hold: the property passes with this one.
  const isExcused = fallsShort(property, { verdict, ...instance });
  return isExcused ? { kind: 'skipped', message: `within the policy's share; ${seen}` } : { kind: 'passed' };
}

function failure({ severity }: PropertyReport, { kind, message, witness }: Shortfall): Outcome {
  if (severity === 'warning') return { kind: 'skipped', message: `warning: ${message}` };
  const text = witness === undefined ? message : `${message}\n${replayCommand(witness)}`;
  return { kind: 'failed', type: kind, message, text };
}

function suitesOfRun(report: RunReport): Suite[] {
  const problems = runShortfalls(report);
  if (problems.length === 0) return [];
  const cases = problems.map(
    (message): Case => ({
      name: message,
      outcome: { kind: 'failed', type: 'run', message, text: message },
    }),
  );
  return [{ name: 'marauder', properties: { policy: report.policy.file }, cases, timeMs: 0 }];
}

const counted = (suite: Suite, kind: Outcome['kind']): number =>
  suite.cases.filter(({ outcome }) => outcome.kind === kind).length;
const failuresIn = (suite: Suite): number => counted(suite, 'failed');

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

function suiteXml(suite: Suite, id: number, { timing, policy }: RunReport): string {
  const head = attributes({
    name: suite.name,
    package: policy.file,
    id,
    tests: suite.cases.length,
    failures: failuresIn(suite),
    errors: 0,
    skipped: counted(suite, 'skipped'),
    time: seconds(suite.timeMs),
    // Without a zone, as the schema of Ant has it.
    timestamp: timing.startedAt.slice(0, 19),
    hostname: 'localhost',
  });
  const properties = Object.entries(suite.properties).map(
    ([name, value]) => `      ${element('property', { name, value })}\n`,
  );
  const cases = suite.cases.map((one) => caseXml(one, suite.name));
  return [
    `  <testsuite${head}>\n    <properties>\n${properties.join('')}    </properties>\n`,
    ...cases,
    '    <system-out/>\n    <system-err/>\n  </testsuite>\n',
  ].join('');
}

/** Instances are worked on together, so that none has a time of its own. */
function caseXml({ name, outcome }: Case, suite: string): string {
  const head = attributes({ name: oneLine(name), classname: suite, time: '0' });
  switch (outcome.kind) {
    case 'passed':
      return `    <testcase${head}/>\n`;
    case 'skipped':
      return `    <testcase${head}><skipped>${textOf(outcome.message)}</skipped></testcase>\n`;
    case 'failed': {
      const { type, message, text } = outcome;
      return `    <testcase${head}>${element('failure', { type, message }, text)}</testcase>\n`;
    }
  }
}

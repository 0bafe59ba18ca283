// SARIF 2.1.0 (OASIS), as GitHub code scanning reads it: a rule per property, a result for each instance that falls short.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
// https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { PropertyReport, RunReport } from '../findings/report.js';
import { headline } from './property-text.js';
import type { Reporter } from './reporter.js';
import { replayCommand, runShortfalls, type Shortfall, worstFirst } from './shortfalls.js';
import { plain } from './style.js';
import { count, oneLine, plural } from './words.js';

export const sarif = {
  about: 'SARIF 2.1.0, for code scanning',
  render: (report) => sarifText(report),
} satisfies Reporter;

/** GitHub refuses a run with more, and shows fewer. */
export const limits = { results: 25_000, shown: 5_000, gzipBytes: 10 * 2 ** 20 };
/** Of a description, in characters. */
const longest = 1024;

/** @param allowed GitHub's, but for tests */
export function sarifText(report: RunReport, allowed = limits): string {
  const found = worstFirst(report);
  return fitted(report, found, Math.min(found.length, allowed.results), allowed);
}

/** Half as many results until it is small enough. Compressing is dear, and seldom needed: it never makes much larger. */
function fitted(
  report: RunReport,
  found: readonly Shortfall[],
  kept: number,
  allowed: typeof limits,
): string {
  const text = `${JSON.stringify(log(report, found, kept, allowed), null, 2)}\n`;
  // A character has at most three bytes.
  const isSmall = text.length < allowed.gzipBytes / 4 || gzipSync(text).length <= allowed.gzipBytes;
  return isSmall || kept === 0 ? text : fitted(report, found, Math.floor(kept / 2), allowed);
}

const log = (report: RunReport, found: readonly Shortfall[], kept: number, { shown }: typeof limits) => ({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: {
          name: 'Marauder',
          version: report.tool.version,
          semanticVersion: report.tool.version,
          rules: report.properties.map(ruleOf),
        },
      },
      // Results of two policies live beside each other.
      automationDetails: { id: `marauder/${oneLine(report.policy.file)}/` },
      invocations: [
        {
          executionSuccessful: !report.interrupted,
          startTimeUtc: report.timing.startedAt,
          toolExecutionNotifications: notifications(report, found.length, kept, shown),
        },
      ],
      columnKind: 'utf16CodeUnits',
      results: found.slice(0, kept).map((shortfall) => resultOf(shortfall, report)),
    },
  ],
});

const notifications = (report: RunReport, found: number, kept: number, shown: number) => [
  ...runShortfalls(report).map((text) => ({ level: 'error', message: { text } })),
  ...(kept < found
    ? [
        {
          level: 'warning',
          message: { text: `${count(found - kept)} of ${plural(found, 'result')} left out, the worst kept` },
        },
      ]
    : []),
  ...(kept > shown
    ? [{ level: 'note', message: { text: `GitHub shows ${count(shown)} of ${count(kept)} results` } }]
    : []),
];

const levelOf = ({ severity }: PropertyReport) => severity;

function ruleOf(property: PropertyReport) {
  const { name, kind, claim, notes } = property;
  const lines = [
    `${claim}.`,
    `Expected: ${property.expect}. This run: ${headline(property, plain)}.`,
    ...notes.map((note) => `Note: ${note}`),
    'Each violation is an input that breaks the property, saved in a folder: "marauder replay FOLDER" runs it again.',
  ].map(oneLine);
  return {
    id: name,
    shortDescription: { text: cut(oneLine(claim)) },
    fullDescription: { text: cut(oneLine(claim)) },
    help: { text: lines.join('\n\n') },
    defaultConfiguration: { level: levelOf(property) },
    properties: { tags: ['neural-network', kind] },
  };
}

const cut = (text: string): string => (text.length <= longest ? text : `${text.slice(0, longest - 3)}...`);

function resultOf(shortfall: Shortfall, { policy, properties }: RunReport) {
  const { property, instance, message, witness, kind } = shortfall;
  const replay = witness === undefined ? '' : `. Run it again: ${replayCommand(witness)}`;
  return {
    ruleId: property.name,
    ruleIndex: properties.indexOf(property),
    level: levelOf(property),
    message: { text: message + replay },
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifactOf(policy.file),
          region: { startLine: property.at.line, startColumn: property.at.column },
        },
        logicalLocations: [{ fullyQualifiedName: [property.name, instance ?? []].flat().join('/') }],
      },
    ],
    partialFingerprints: fingerprints(shortfall),
    properties: {
      verdict: kind,
      ...(witness && { finding: witness.finding, margin: witness.margin, foundBy: witness.foundBy }),
    },
  };
}

/**
 * Neither line numbers nor the seed nor what was found: the same instance is the same problem in every run.
 * GitHub looks at `primaryLocationLineHash` only, and makes one of the line where there is none.
 */
function fingerprints({ property: { name, kind, models }, instance, kind: what, message }: Shortfall) {
  const about = instance ?? (what === 'coverage' ? message.split(' ')[1] : what);
  const digest = createHash('sha256')
    .update(JSON.stringify([name, kind, models, about]))
    .digest('hex');
  return { 'marauder/v1': digest, primaryLocationLineHash: `${digest.slice(0, 16)}:1` };
}

/** Relative paths are relative to the repository's root, as far as the run knows. */
function artifactOf(file: string) {
  const path = file.replaceAll('\\', '/');
  const isAbsolute = path.startsWith('/') || /^[a-z]:\//i.test(path);
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  if (!isAbsolute) return { uri: encoded, uriBaseId: '%SRCROOT%' };
  return { uri: `file://${path.startsWith('/') ? '' : '/'}${encoded}` };
}

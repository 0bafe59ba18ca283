// Markdown, as the summary of a GitHub Actions step shows it: a table of properties, then what is wrong with those that failed.
import type { PropertyReport, RunReport } from '../findings/report.js';
import { headline } from './property-text.js';
import type { Reporter } from './reporter.js';
import { replayCommand, runShortfalls, type Shortfall, savedShortfalls } from './shortfalls.js';
import { plain } from './style.js';
import { summaryRows } from './summary-text.js';
import { duration, oneLine, plural } from './words.js';

export const markdown = {
  about: 'Markdown, for the summary of a GitHub Actions step',
  render: (report) => markdownText(report),
} satisfies Reporter;

/** GitHub refuses a summary of more than 1 MiB. */
export const limitBytes = 2 ** 20;

/** @param allowedBytes GitHub's, but for tests */
export const markdownText = (report: RunReport, allowedBytes = limitBytes): string =>
  withinLimit([...head(report), ...table(report), ...details(report), ...foot(report)], allowedBytes);

/** Of one property; the JSON report has them all. */
const shown = 10;

const head = (report: RunReport): string[] => [
  `## ${report.gate === 'passed' ? '✅' : '❌'} Marauder: gate ${report.gate}`,
  '',
  ...runShortfalls(report).flatMap((text) => [`> **${escaped(text)}**`, '']),
];

function table({ properties }: RunReport): string[] {
  if (properties.length === 0) return ['No properties.', ''];
  return [
    '| | Property | Models | Expected | Verdict | Time |',
    '|---|---|---|---|---|---|',
    ...properties.map(row),
    '',
  ];
}

const row = (property: PropertyReport): string =>
  `| ${[
    markOf(property),
    `**${escaped(property.name)}**`,
    escaped(property.models.join(', ')),
    property.expect,
    escaped(headline(property, plain)),
    duration(property.timing.totalMs),
  ].join(' | ')} |`;

const markOf = ({ status, severity }: PropertyReport): string =>
  status === 'passed' ? '✅' : severity === 'warning' ? '⚠️' : '❌';

const details = ({ properties }: RunReport): string[] => properties.flatMap(section);

function section(property: PropertyReport): string[] {
  const shortfalls = savedShortfalls(property);
  if (shortfalls.length === 0) return [];
  const { at } = property;
  const more = shortfalls.length - shown;
  return [
    `### ${markOf(property)} ${escaped(property.name)}`,
    '',
    `${escaped(property.claim)}: ${code(`${at.file}:${at.line}:${at.column}`)}`,
    '',
    ...shortfalls.slice(0, shown).map(item),
    ...(more > 0 ? [`- and ${plural(more, 'more', 'more')} in the JSON report`] : []),
    '',
    ...property.notes.flatMap((note) => [`Note: ${escaped(note)}`, '']),
  ];
}

const item = ({ message, witness }: Shortfall): string =>
  `- ${escaped(message)}${witness === undefined ? '' : `: ${code(replayCommand(witness))}`}`;

const foot = (report: RunReport): string[] => [
  ...summaryRows(report, plain)
    .filter(([label]) => label !== 'Gate')
    .map(([label, value]) => `- ${label}: ${escaped(value)}`),
  '',
  `Marauder ${report.tool.version}, ONNX Runtime ${escaped(report.tool.onnxruntime)}, policy ${code(report.policy.file)}, seed ${report.seed}`,
];

/** Plain words: nothing in them is markup, a cell of a table, a mention or a reference to an issue. */
const escaped = (text: string): string =>
  oneLine(text)
    .replace(/[\\`*_{}[\]<>()#+!|~$-]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('@', '&#64;');

/** In a span of code nothing is markup but its own end. */
function code(text: string): string {
  const line = oneLine(text).replaceAll('|', '¦');
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const blank = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${blank}${line}${blank}${fence}`;
}

const notice = 'The rest is left out: GitHub takes no more. The JSON report has all of it.';

function withinLimit(lines: readonly string[], allowedBytes: number): string {
  const whole = `${lines.join('\n')}\n`;
  if (Buffer.byteLength(whole) <= allowedBytes) return whole;
  let left = allowedBytes - Buffer.byteLength(`\n${notice}\n`);
  const end = lines.findIndex((line) => {
    left -= Buffer.byteLength(line) + 1;
    return left < 0;
  });
  return `${lines.slice(0, end).join('\n')}\n\n${notice}\n`;
}

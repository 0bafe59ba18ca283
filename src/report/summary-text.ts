// The head and the foot of a text report.
import { failsGate } from '../findings/gate.js';
import type { PropertyReport, RunReport, StaleEntry, StaleReason } from '../findings/report.js';
import type { Style } from './style.js';
import { count, duration, oneLine, plural } from './words.js';

/** What is about to be checked; known before the run. */
export const headerText = (report: Pick<RunReport, 'tool' | 'policy' | 'seed'>, style: Style): string =>
  `${style.strong(`marauder ${report.tool.version}`)}  ${oneLine(report.policy.file)}  ${style.faint(`seed ${report.seed}`)}`;

export const summaryText = (report: RunReport, style: Style): string =>
  summaryRows(report, style)
    .map(([label, value]) => summaryRow(label, value, style))
    .join('\n');

/** What there is to say of the run, each with its label. */
export function summaryRows(report: RunReport, style: Style): [label: string, value: string][] {
  const rows: [label: string, value: string | undefined][] = [
    ['Gate', gateWords(report, style)],
    ['Properties', propertyWords(report.properties, style)],
    ['Proofs', proofWords(report, style)],
    ['Baseline', baselineWords(report, style)],
    ['Executions', executionWords(report.properties)],
    ['Time', `${duration(report.timing.totalMs)} on ${plural(report.timing.workers, 'worker')}`],
  ];
  return rows.flatMap(([label, value]) => (value === undefined ? [] : [[label, value]]));
}

/** One row of the summary; for rows that only the caller knows, such as the path of the report. */
export const summaryRow = (label: string, value: string, style: Style): string =>
  `${style.faint(label.padStart(10))}  ${value}`;

function gateWords({ gate, interrupted, shard }: RunReport, style: Style): string {
  // An interrupted run says nothing about what it did not reach, so it is never a pass.
  if (interrupted) return `${style.bad('failed')} (interrupted: this report is partial)`;
  if (shard !== undefined)
    return style.warn(`part ${shard.index} of ${shard.count}: merge-reports judges them together`);
  return gate === 'passed' ? style.good('passed') : style.bad('failed');
}

function propertyWords(properties: readonly PropertyReport[], style: Style): string {
  const passed = properties.filter(({ status }) => status === 'passed').length;
  const failed = properties.filter(failsGate).length;
  const warned = properties.length - passed - failed;
  const parts = [
    failed > 0 ? style.bad(`${count(failed)} failed`) : undefined,
    warned > 0 ? style.warn(plural(warned, 'warning')) : undefined,
    passed > 0 ? style.good(`${count(passed)} passed`) : undefined,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

/** Says which network the proofs are about, and whether anything but the search itself vouches for them. */
function proofWords({ arithmetic, properties }: RunReport, style: Style): string | undefined {
  const proofs = properties
    .flatMap(({ instances }) => instances)
    .flatMap(({ verdict }) => (verdict.kind === 'proved' ? [verdict.checked] : []));
  if (proofs.length === 0) return undefined;
  const about =
    arithmetic === 'deployed' ? 'for the deployed float32 network' : style.warn('in real arithmetic only');
  return `${count(proofs.length)} ${about}, ${certificateWords(proofs, style)}`;
}

function certificateWords(proofs: readonly boolean[], style: Style): string {
  const unchecked = proofs.filter((checked) => !checked).length;
  if (unchecked === 0) return 'checked independently';
  const some = unchecked < proofs.length ? `${count(unchecked)} of them ` : '';
  return style.warn(`${some}not checked independently`);
}

const staleReasons: Readonly<Record<StaleReason, string>> = {
  'no-property': 'no such property',
  'no-instance': 'no such row',
  'other-models': 'other model files',
  'not-violated': 'no longer violated',
};

/** `unsafe row 7 (no longer violated)`. */
export const staleWords = ({ property, instance, why }: StaleEntry): string =>
  `${oneLine(property)} ${oneLine(instance)} (${staleReasons[why]})`;

const shownStale = 3;

function baselineWords({ baseline }: RunReport, style: Style): string | undefined {
  if (baseline === null) return undefined;
  const accepted = `${plural(baseline.accepted, 'violation')} accepted by ${oneLine(baseline.file)}`;
  if (baseline.stale.length === 0) return accepted;
  const some = baseline.stale.slice(0, shownStale).map(staleWords).join(', ');
  const more = baseline.stale.length > shownStale ? ', ...' : '';
  const stale = `${plural(baseline.stale.length, 'stale entry', 'stale entries')}: ${some}${more}`;
  return `${accepted}, ${(baseline.strict ? style.bad : style.warn)(stale)}`;
}

function executionWords(properties: readonly PropertyReport[]): string | undefined {
  const total = properties.reduce((sum, { executions }) => sum + executions, 0);
  return total === 0 ? undefined : count(total);
}

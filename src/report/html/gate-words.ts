// Why the run has passed or failed, in one sentence, and what the baseline has to do with it.
import { failsGate } from '../../findings/gate.js';
import type { RunReport } from '../../findings/report.js';
import { staleWords } from '../summary-text.js';
import { count, oneLine, plural } from '../words.js';
import { html, type Markup } from './markup.js';

/** An interrupted run says nothing about what it did not reach, so it is never a pass. */
export const hasPassed = ({ gate, interrupted }: RunReport): boolean => gate === 'passed' && !interrupted;

export function gateSentence(report: RunReport): string {
  const { interrupted, properties, shard } = report;
  if (interrupted) return 'Interrupted: this report is partial.';
  if (shard !== undefined)
    return `Part ${shard.index} of ${shard.count} of a run: "marauder merge-reports" judges all parts together.`;
  if (properties.length === 0) return 'The policy has no properties.';
  return `${propertySentence(report)}${staleSentence(report)}`;
}

function propertySentence({ properties }: RunReport): string {
  const failed = properties.filter(failsGate).length;
  const warned = properties.filter(({ status }) => status === 'failed').length - failed;
  const warnings =
    warned === 0
      ? ''
      : ` ${warned === 1 ? 'Another one' : `Another ${count(warned)}`} of severity "warning" ${warned === 1 ? 'does' : 'do'} not either, which fails nothing.`;
  if (failed > 0)
    return `${count(failed)} of ${plural(properties.length, 'property', 'properties')} ${failed === 1 ? 'does' : 'do'} not hold as the policy asks.${warnings}`;
  if (warned > 0)
    return `${count(warned)} of ${plural(properties.length, 'property', 'properties')} ${warned === 1 ? 'does' : 'do'} not hold as the policy asks: of severity "warning", which fails nothing.`;
  return properties.length === 1
    ? 'The property holds as the policy asks.'
    : `All ${count(properties.length)} properties hold as the policy asks.`;
}

const staleSentence = ({ baseline }: RunReport): string =>
  baseline?.strict === true && baseline.stale.length > 0
    ? ' The baseline has stale entries, which --strict-baseline forbids.'
    : '';

const shownStale = 10;

export function baselineWords({ baseline }: RunReport): Markup | undefined {
  if (baseline === null) return undefined;
  const { accepted, file, stale } = baseline;
  const more = stale.length > shownStale ? `, and ${count(stale.length - shownStale)} more` : '';
  const list = `${stale.slice(0, shownStale).map(staleWords).join(', ')}${more}`;
  return html`<p class="hint">${plural(accepted, 'violation')} accepted by the baseline ${oneLine(file)} ${accepted === 1 ? 'does' : 'do'} not count.</p>
${stale.length === 0 ? undefined : html`<p class="note">${plural(stale.length, 'entry', 'entries')} of the baseline accept${stale.length === 1 ? 's' : ''} nothing any more: ${list}.</p>`}`;
}

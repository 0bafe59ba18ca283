// The top of the page: passed or failed, in one look, and a line for each property.
import type { PropertyReport, RunReport } from '../../findings/report.js';
import { count, duration, oneLine, plural, shareWords } from '../words.js';
import { html, type Markup } from './markup.js';
import { proofWords } from './proof-words.js';
import { verdictBar } from './verdict-bar.js';
import { statusMark, verdictLegend } from './verdict-looks.js';

export function overview(report: RunReport): Markup {
  const { properties, timing } = report;
  const passes = hasPassed(report);
  const violations = properties.reduce((sum, { verdicts }) => sum + verdicts.violated, 0);
  const executions = properties.reduce((sum, property) => sum + property.executions, 0);
  const instances = properties.reduce((sum, property) => sum + property.instances.length, 0);
  const failed = properties.filter(({ status }) => status === 'failed').length;
  return html`<section id="overview" aria-labelledby="verdict">
<div class="banner ${passes ? 'passed' : 'failed'}">
<span class="badge" aria-hidden="true">${passes ? '✓' : '✗'}</span>
<div><h1 id="verdict">${passes ? 'Passed' : 'Failed'}</h1>
<p>${gateSentence(report, failed)}</p></div>
</div>
<dl class="tiles">
${tile('Properties', `${count(properties.length - failed)} of ${count(properties.length)}`, 'passed')}
${tile('Instances', count(instances), 'checked')}
${tile('Counterexamples', count(violations), violations === 0 ? 'found' : 'replayed and saved')}
${tile('Executions', count(executions), 'of the models')}
${tile('Time', duration(timing.totalMs), `on ${plural(timing.workers, 'worker')}`)}
</dl>
${proofWords(report)}
<table class="overview">
<thead><tr><th scope="col">Property</th><th scope="col">Verdicts</th><th scope="col">Time</th></tr></thead>
<tbody>${properties.map(row)}</tbody>
</table>
</section>`;
}

/** An interrupted run says nothing about what it did not reach, so it is never a pass. */
export const hasPassed = ({ gate, interrupted }: RunReport): boolean => gate === 'passed' && !interrupted;

function gateSentence({ interrupted, properties }: RunReport, failed: number): string {
  if (interrupted) return 'Interrupted: this report is partial.';
  if (properties.length === 0) return 'The policy has no properties.';
  if (failed === 0)
    return properties.length === 1
      ? 'The property holds as the policy asks.'
      : `All ${count(properties.length)} properties hold as the policy asks.`;
  return `${count(failed)} of ${plural(properties.length, 'property', 'properties')} ${failed === 1 ? 'does' : 'do'} not hold as the policy asks.`;
}

const tile = (name: string, value: string, unit: string): Markup =>
  html`<div><dt>${name}</dt><dd>${value} <small>${unit}</small></dd></div>`;

const row = (property: PropertyReport, place: number): Markup =>
  html`<tr><th scope="row">${statusMark(property.status)} <a href="#p${place}">${oneLine(property.name)}</a></th>
<td class="wide">${verdictBar(property)}<div class="below">${verdictLegend(property.verdicts)}<span class="hint">${needs(property)}</span></div></td>
<td>${duration(property.timing.totalMs)}</td></tr>`;

/** Of one instance there are no shares. */
export const needs = ({ instances, share, expect }: PropertyReport): string =>
  instances.length > 1 ? `${expect}: ${shareWords(share)}` : `expected ${expect}`;

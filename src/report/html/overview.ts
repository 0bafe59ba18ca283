// The top of the page: passed or failed, in one look, and a line for each property.
import type { PropertyReport, RunReport } from '../../findings/report.js';
import { unsavedIn } from '../unsaved.js';
import { count, duration, oneLine, plural } from '../words.js';
import { demandList } from './demands.js';
import { baselineWords, gateSentence, hasPassed } from './gate-words.js';
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
<p>${gateSentence(report)}</p></div>
</div>
<dl class="tiles">
${tile('Properties', `${count(properties.length - failed)} of ${count(properties.length)}`, 'passed')}
${tile('Instances', count(instances), 'checked')}
${tile('Counterexamples', count(violations), violations === 0 ? 'found' : savedWords(properties))}
${tile('Executions', count(executions), 'of the models')}
${tile('Time', duration(timing.totalMs), `on ${plural(timing.workers, 'worker')}`)}
</dl>
${proofWords(report)}
${baselineWords(report)}
<table class="overview">
<thead><tr><th scope="col">Property</th><th scope="col">Verdicts</th><th scope="col">Time</th></tr></thead>
<tbody>${properties.map(row)}</tbody>
</table>
</section>`;
}

const tile = (name: string, value: string, unit: string): Markup =>
  html`<div><dt>${name}</dt><dd>${value} <small>${unit}</small></dd></div>`;

function savedWords(properties: readonly PropertyReport[]): string {
  const unsaved = properties.reduce((sum, property) => sum + unsavedIn(property), 0);
  return unsaved === 0 ? 'replayed and saved' : `replayed, all but ${count(unsaved)} saved`;
}

const row = (property: PropertyReport, place: number): Markup =>
  html`<tr><th scope="row">${statusMark(property)} <a href="#p${place}">${oneLine(property.name)}</a></th>
<td class="wide">${verdictBar(property)}<div class="below">${verdictLegend(property)}${demandList(property)}</div></td>
<td>${duration(property.timing.totalMs)}</td></tr>`;

// Where the time went: a bar of stages per property, all to one scale.
import type { PropertyReport, RunReport } from '../../findings/report.js';
import { duration, oneLine } from '../words.js';
import { stackedBar } from './bars.js';
import { html, type Markup } from './markup.js';

type Stage = {
  readonly className: string;
  readonly name: string;
  readonly ms: (timing: PropertyReport['timing']) => number;
};

const stages: readonly Stage[] = [
  { className: 'prove', name: 'proving', ms: ({ proveMs }) => proveMs },
  { className: 'attack', name: 'attacking', ms: ({ attackMs }) => attackMs },
  { className: 'fuzz', name: 'fuzzing', ms: ({ fuzzMs }) => fuzzMs },
  {
    className: 'other',
    name: 'other',
    ms: ({ proveMs, attackMs, fuzzMs, totalMs }) => Math.max(0, totalMs - proveMs - attackMs - fuzzMs),
  },
];

export function timeSection({ properties, timing }: RunReport): Markup {
  const longest = Math.max(1, ...properties.map(({ timing: { totalMs } }) => totalMs));
  const used = stages.filter(({ ms }) => properties.some((property) => ms(property.timing) >= 0.5));
  return html`<section id="time" class="panel">
<h2>Time</h2>
<p class="hint">The whole run took ${duration(timing.totalMs)} on ${timing.workers === 1 ? 'one worker' : `${timing.workers} workers`}.</p>
<table class="times">
<thead class="sr"><tr><th scope="col">Property</th><th scope="col">Stages</th><th scope="col">Time</th></tr></thead>
<tbody>${properties.map((property) => row(property, longest))}</tbody>
</table>
<ul class="legend">${used.map(({ className, name }) => html`<li class="${className}"><span class="swatch" aria-hidden="true"></span>${name}</li>`)}</ul>
</section>`;
}

function row({ name, timing }: PropertyReport, longest: number): Markup {
  const parts = stages.map(({ className, name: stage, ms }) => ({
    className,
    size: ms(timing),
    label: `${stage}: ${duration(ms(timing))}`,
  }));
  const words = parts.filter(({ size }) => size >= 0.5).map(({ label }) => label);
  return html`<tr><th scope="row">${oneLine(name)}</th><td class="wide">${stackedBar(parts, longest, words.join(', ') || 'no time')}</td><td>${duration(timing.totalMs)}</td></tr>`;
}

// One property: what it claims, how it went, and all evidence.
import type { PropertyReport } from '../../findings/report.js';
import type { UnknownReason } from '../../findings/verdict.js';
import type { Material } from '../material.js';
import { reasons } from '../verdict-words.js';
import { count, oneLine } from '../words.js';
import type { Allowance } from './card.js';
import { counterexamplesOf, gallery } from './counterexamples.js';
import { coveragePanel } from './coverage-panel.js';
import { demandList } from './demands.js';
import { instanceSection } from './instances.js';
import { marginPanel } from './margin-plot.js';
import { html, type Markup } from './markup.js';
import { outputBoundsPanel } from './output-bounds.js';
import { branchingPanel } from './search-trees.js';
import { verdictBar } from './verdict-bar.js';
import { statusMark, verdictLegend } from './verdict-looks.js';

/** @param names of the elements of an input, where the policy has them */
export function propertySection(
  property: PropertyReport,
  place: number,
  material: Material,
  names: readonly string[] | undefined,
  allowance: Allowance,
): Markup {
  const shown = counterexamplesOf(property, place);
  const panels = [
    marginPanel(property),
    outputBoundsPanel(property),
    branchingPanel(property),
    coveragePanel(property),
  ].filter((panel) => panel !== undefined);
  return html`<section class="property" id="p${place}">
<h2>${statusMark(property)} ${oneLine(property.name)} <small>${property.kind} · ${property.models.length === 1 ? 'model' : 'models'} ${property.models.map(oneLine).join(', ')}</small></h2>
<p class="claim">${sentence(oneLine(property.claim))}</p>
${verdictBar(property)}
<div class="below">${verdictLegend(property)}${demandList(property)}</div>
${property.instances.length === 0 ? html`<p class="note">There were no inputs to check, so it does not pass.</p>` : undefined}
${unknownNotes(property)}
${property.notes.map((note) => html`<p class="note">${sentence(oneLine(note))}</p>`)}
${gallery(property, shown, material, names, allowance)}
${panels.length === 0 ? undefined : html`<div class="panels">${panels}</div>`}
${instanceSection(property, place, shown)}
</section>`;
}

const sentence = (text: string): string => ended(text.replace(/^[a-z]/, (first) => first.toUpperCase()));

const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** One line per reason, with the first instance that has it. */
function unknownNotes({ instances }: PropertyReport): Markup[] {
  const byReason = new Map<UnknownReason, { first: string; total: number }>();
  for (const { instance, verdict } of instances) {
    if (verdict.kind !== 'unknown') continue;
    const group = byReason.get(verdict.reason) ?? { first: `${instance}: ${verdict.detail}`, total: 0 };
    byReason.set(verdict.reason, { ...group, total: group.total + 1 });
  }
  return [...byReason].map(
    ([reason, { first, total }]) =>
      html`<p class="note">${count(total)} unknown: ${reasons[reason]}. ${total > 1 ? `The first of them, ${ended(oneLine(first))}` : sentence(oneLine(first))}</p>`,
  );
}

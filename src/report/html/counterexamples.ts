// Counterexamples of a property as cards: first those that nobody has accepted; of them what had to be looked for, then rows that fail as they
// are; of each the worst first.
import type { Accepted, PropertyReport } from '../../findings/report.js';
import type { SavedWitness } from '../../findings/verdict.js';
import type { Material } from '../material.js';
import { isSaved, unsavedIn } from '../unsaved.js';
import { count, plural } from '../words.js';
import { type Allowance, card } from './card.js';
import { html, type Markup } from './markup.js';

export type Counterexample = {
  readonly id: string;
  readonly instance: string;
  readonly witness: SavedWitness;
  /** By the baseline. */
  readonly accepted?: Accepted | undefined;
};

/** Cards of one property; the others are in the table of instances. */
const mostCards = 24;
const openCards = 4;

/** @param place of the property in the report, for the ids of its cards */
export const counterexamplesOf = ({ instances }: PropertyReport, place: number): Counterexample[] =>
  instances
    .flatMap(({ instance, verdict, accepted }, at) =>
      verdict.kind === 'violated' && isSaved(verdict.witness)
        ? [{ id: `c${place}-${at}`, instance, witness: verdict.witness, accepted }]
        : [],
    )
    .sort(
      (a, b) =>
        Number(isAccepted(a)) - Number(isAccepted(b)) ||
        Number(isRow(a)) - Number(isRow(b)) ||
        depth(a) - depth(b),
    )
    .slice(0, mostCards);

const isAccepted = ({ accepted }: Counterexample): boolean => accepted !== undefined;

const isRow = ({ witness: { foundBy } }: Counterexample): boolean => foundBy === 'seed';

/** No number is worse than one. */
const depth = ({ witness: { margin } }: Counterexample): number => margin ?? -Number.MAX_VALUE;

export function gallery(
  property: PropertyReport,
  shown: readonly Counterexample[],
  material: Material,
  names: readonly string[] | undefined,
  allowance: Allowance,
): Markup | undefined {
  if (shown.length === 0) return undefined;
  const cards = shown.map((one) => card(one, material, names, allowance));
  const rest = cards.slice(openCards);
  const hidden = property.verdicts.violated - shown.length;
  const unchanged = property.instances.filter(
    ({ verdict }) => verdict.kind === 'violated' && verdict.witness.foundBy === 'seed',
  ).length;
  return html`<section class="counterexamples">
<h3>${plural(property.verdicts.violated, 'counterexample')}${unchanged > 0 ? html` <small>${count(unchanged)} of them ${unchanged === 1 ? 'a row of the data as it is' : 'rows of the data as they are'}</small>` : undefined}</h3>
<div class="cards">${cards.slice(0, openCards)}</div>
${rest.length === 0 ? undefined : html`<details class="more"><summary>${count(rest.length)} more</summary><div class="cards">${rest}</div></details>`}
${hidden > 0 ? html`<p class="hint">${plural(hidden, 'more counterexample')} ${hidden === 1 ? 'is' : 'are'} in the table of instances below; ${folders(property)}.</p>` : undefined}
</section>`;
}

/** What became of the inputs of those without a card. */
function folders(property: PropertyReport): string {
  const unsaved = unsavedIn(property);
  if (unsaved === 0) return 'each has a folder with its files';
  return `${count(unsaved)} of them ${unsaved === 1 ? 'is a row' : 'are rows'} without a folder: those of the worst ${count(property.findings ?? 0)} are kept`;
}

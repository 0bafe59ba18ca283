// What a counterexample changed, feature by feature, the greatest change first: for inputs that are no images.
import type { WitnessMaterial } from '../material.js';
import { approximately, count, oneLine } from '../words.js';
import { html, type Markup } from './markup.js';
import { numberBars, spanOf } from './number-bar.js';

const shown = 10;

type Change = { readonly at: number; readonly before: number; readonly after: number; readonly by: number };

/** @param names of the elements of an input, where they are known */
export function featureTable(
  { input, seed }: WitnessMaterial,
  names: readonly string[] | undefined,
): Markup | undefined {
  if (seed === undefined) return undefined;
  const changes = changesOf(input, seed);
  if (changes.length === 0) return undefined;
  const span = spanOf(changes.map(({ by }) => by));
  const more = changes.length - shown;
  return html`<table class="numbers">
<caption>Changed features${more > 0 ? `, the ${shown} that changed most of ${count(changes.length)}` : ''}</caption>
<thead><tr><th scope="col">Feature</th><th scope="col">Seed</th><th scope="col">Here</th><th scope="col">Change</th></tr></thead>
<tbody>${changes
    .slice(0, shown)
    .map(
      ({ at, before, after, by }) =>
        html`<tr><th scope="row">${names?.length === input.length ? oneLine(names[at] ?? '') : `element ${at}`}</th><td>${approximately(before)}</td><td>${approximately(after)}</td><td class="wide">${numberBars([by], span, by < 0 ? 'change less' : 'change more')}<span class="sr">${approximately(by)}</span></td></tr>`,
    )}</tbody>
</table>`;
}

/** The greatest first, and before it what changed to or from what is not a number. */
function changesOf(input: Float32Array, seed: Float32Array): Change[] {
  const changes: Change[] = [];
  input.forEach((after, at) => {
    const before = seed[at] ?? 0;
    if (!Object.is(after, before) && after !== before)
      changes.push({ at, before, after, by: after - before });
  });
  return changes.sort((a, b) => sizeOf(b) - sizeOf(a));
}

const sizeOf = ({ by }: Change): number =>
  Number.isNaN(by) ? Number.MAX_VALUE : Math.min(Math.abs(by), Number.MAX_VALUE);

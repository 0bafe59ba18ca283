// One counterexample: what it looks like beside its seed, what the model answers, and how to run it again.
import type { Distances } from '../../findings/distances.js';
import type { Witness } from '../../findings/verdict.js';
import type { Material, WitnessMaterial } from '../material.js';
import { searches } from '../verdict-words.js';
import { approximately, count, oneLine, plural } from '../words.js';
import type { Counterexample } from './counterexamples.js';
import { featureTable } from './features.js';
import { type Drawing, drawingOf } from './layout.js';
import { html, type Markup } from './markup.js';
import { outputTables } from './outputs.js';
import { amplificationOf, differencePicture, picture } from './picture.js';
import { replayCommand } from './replay.js';

/** How many characters of pictures the page may still take; none once they did not fit. */
export type Allowance = { left: number };

export function card(
  { id, instance, witness, accepted }: Counterexample,
  material: Material,
  names: readonly string[] | undefined,
  allowance: Allowance,
): Markup {
  const saved = material.witness(witness.finding);
  return html`<article class="card" id="${id}">
<h4><span class="mark failed" aria-hidden="true">✗</span> ${oneLine(instance)}<small>${oneLine(witness.summary)}</small></h4>
${accepted === undefined ? undefined : html`<p class="hint">Accepted by the baseline${accepted.reason === null ? '' : `: ${oneLine(accepted.reason)}`}. It does not count.</p>`}
<div class="evidence">
<div class="input">${saved === undefined ? html`<p class="hint">Its folder is not at hand, so its input cannot be shown.</p>` : inputOf(saved, names, allowance)}
<dl class="facts">${facts(witness, saved)}</dl></div>
${saved === undefined ? undefined : outputTables(saved)}
</div>
${replayCommand(witness.finding)}
</article>`;
}

function inputOf(saved: WitnessMaterial, names: readonly string[] | undefined, allowance: Allowance): Markup {
  const drawing = drawingOf(saved);
  if (drawing === undefined) return html`${featureTable(saved, names)}`;
  const pictures = allowance.left > 0 ? picturesOf(saved, drawing) : [];
  allowance.left -= pictures.reduce((sum, { source }) => sum + source.length, 0);
  if (allowance.left <= 0)
    return html`<p class="hint">Left out, so that this page stays small: the pictures are in the finding's folder.</p>`;
  const { layout, isGuess } = drawing;
  const guess = isGuess
    ? html`<p class="hint">Drawn as ${layout.height} × ${layout.width} pixels: a guess, since the input is a row of ${count(saved.input.length)} numbers.</p>`
    : undefined;
  return html`<div class="pictures">${pictures.map(
    ({ title, source, alt, isDifference }) =>
      html`<figure><img class="${isDifference ? 'difference' : ''}" src="${source}" alt="${alt}" width="${layout.width}" height="${layout.height}"><figcaption>${title}</figcaption></figure>`,
  )}</div>${guess}`;
}

type Picture = {
  readonly title: string;
  readonly alt: string;
  readonly source: string;
  readonly isDifference?: boolean;
};

function picturesOf({ input, seed, finding }: WitnessMaterial, { layout, range }: Drawing): Picture[] {
  const here = { title: 'Counterexample', alt: 'the counterexample', source: picture(input, layout, range) };
  if (seed === undefined || finding.distances?.l0 === 0) return [here];
  const times = amplificationOf(input, seed, range);
  const difference = differencePicture(input, seed, layout, range, times);
  return [
    { title: 'Seed', alt: 'the seed', source: picture(seed, layout, range) },
    here,
    {
      title: `Difference\u00a0×\u00a0${count(times)}`,
      alt:
        layout.channels === 1
          ? 'where it has more (red) and less (blue) than the seed'
          : 'what has changed from the seed',
      source: difference,
      isDifference: true,
    },
  ];
}

function facts(
  { margin, linfDistance, foundBy, executions }: Witness,
  saved: WitnessMaterial | undefined,
): Markup[] {
  const { distances, linfEpsilon } = saved?.finding ?? { distances: null, linfEpsilon: null };
  const linf = distances?.linf ?? linfDistance;
  const rows: readonly (readonly [name: string, value: string])[] = [
    ...(margin === null ? [] : [['Margin', approximately(margin)] as const]),
    ...(linf === null || foundBy === 'seed'
      ? []
      : [['Distance (linf)', linfWords(linf, linfEpsilon)] as const]),
    ...(distances === null || foundBy === 'seed' ? [] : otherDistances(distances, saved?.input.length ?? 0)),
    [
      'Origin',
      foundBy === 'seed' ? searches.seed : `${searches[foundBy]}, after ${plural(executions, 'execution')}`,
    ],
  ];
  return rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
}

const linfWords = (linf: number, allowed: number | null): string =>
  allowed === null ? approximately(linf) : `${approximately(linf)} of ${approximately(allowed)} allowed`;

const otherDistances = ({ l2, l1, l0 }: Distances, size: number): (readonly [string, string])[] => [
  ['Distance (l2, l1)', `${approximately(l2)}, ${approximately(l1)}`],
  ['Elements changed', `${count(l0)} of ${count(size)}`],
];

// Margins as a histogram: what stands left of zero breaks the property, what stands right of it holds, the farther the safer.
import type { PropertyReport } from '../../findings/report.js';
import { approximately, count, plural } from '../words.js';
import { percentOf } from './bars.js';
import { type Bin, closest, type Histogram, histogramOf, type MarginKind, marginsOf } from './margins.js';
import { html, type Markup } from './markup.js';
import { ticksBetween } from './scale.js';

const height = 130;
const meaning: Readonly<Record<MarginKind, string>> = {
  violated: 'violated: the margin at the counterexample',
  tested: 'tested: the smallest margin seen',
  proved: 'proved: the margin is at least this',
};
/** From the axis upwards. */
const stacked = ['violated', 'tested', 'proved'] as const;
const closestShown = 5;

export function marginPanel(property: PropertyReport): Markup | undefined {
  const margins = marginsOf(property);
  if (margins.length < 2) return undefined;
  const histogram = histogramOf(margins);
  const kinds = stacked.filter((kind) => margins.some((margin) => margin.kind === kind));
  const near = closest(margins, closestShown);
  return html`<section class="panel">
<h3>How far from breaking it</h3>
<p class="hint">Margins of ${plural(margins.length, 'instance')}, in units of the model's output. At zero or below, the property is broken.</p>
${plot(histogram)}
<ul class="legend">${kinds.map((kind) => html`<li class="${kind}"><span class="swatch" aria-hidden="true"></span>${meaning[kind]}</li>`)}</ul>
${near.length === 0 ? undefined : html`<p class="hint">Closest without breaking it: ${near.map(({ instance, margin }, at) => html`${at === 0 ? '' : ', '}<b>${instance}</b> (${approximately(margin)})`)}.</p>`}
</section>`;
}

function plot({ bins, step, clipped }: Histogram): Markup {
  const totals = bins.map(({ counts }) => stacked.reduce((sum, kind) => sum + counts[kind], 0));
  const most = Math.max(1, ...totals);
  const low = bins[0]?.from ?? 0;
  const width = bins.length * step;
  const at = (value: number) => percentOf(value - low, width);
  const label = `Histogram of margins from ${approximately(low)} to ${approximately(low + width)}; the tallest bar has ${plural(most, 'instance')}.`;
  return html`<svg class="plot" width="100%" height="${height + 22}" role="img" aria-label="${label}">
<text class="tick" x="0" y="10">${count(most)}</text>
<line class="grid" x1="0" x2="100%" y1="14" y2="14"/>
${bins.map((bin, index) => column(bin, index, bins.length, most, step, clipped))}
<line class="axis" x1="0" x2="100%" y1="${height}" y2="${height}"/>
<line class="zero" x1="${at(0)}" x2="${at(0)}" y1="14" y2="${height + 4}"/>
${ticksBetween(low, low + width, 5).map((tick) => html`<text class="tick ${edge(tick, low, width)}" x="${at(tick)}" y="${height + 17}">${approximately(tick)}</text>`)}
</svg>`;
}

function column(
  { from, counts }: Bin,
  index: number,
  bins: number,
  most: number,
  step: number,
  { below, above }: Histogram['clipped'],
): Markup {
  let top = height;
  const [isFirst, isLast] = [index === 0 && below, index === bins - 1 && above];
  const range = `${isFirst ? 'below' : `from ${approximately(from)}`}${isLast ? ' on' : `${isFirst ? '' : ' to'} ${approximately(from + step)}`}`;
  return html`<g>${stacked
    .filter((kind) => counts[kind] > 0)
    .map((kind) => {
      const size = Math.max(1.5, ((height - 14) * counts[kind]) / most);
      top -= size;
      return html`<rect class="${kind}" x="${percentOf(index + 0.08, bins)}" y="${top.toFixed(1)}" width="${percentOf(0.84, bins)}" height="${size.toFixed(1)}"><title>${range}: ${count(counts[kind])} ${kind}</title></rect>`;
    })}</g>`;
}

/** Labels at the ends stay inside. */
const edge = (tick: number, low: number, width: number): string => {
  const share = (tick - low) / width;
  return share < 0.04 ? 'start' : share > 0.96 ? 'end' : 'middle';
};

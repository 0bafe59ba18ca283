// A quantity over executions as a line. The line is in units of its own and stretched; the words are not.
import { approximately } from '../words.js';
import { percentOf } from './bars.js';
import { html, type Markup } from './markup.js';
import { niceStep, short, ticksBetween } from './scale.js';

export type Series = {
  readonly label: string;
  /** The value at the end, in words. */
  readonly reached: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly format: (value: number) => string;
  /** What it has to reach. */
  readonly floor?: number | undefined;
};

const height = 84;
const top = 14;

/** @param end of the horizontal axis, the same for all plots beside each other */
export function linePlot({ label, reached, points, format, floor }: Series, end: number): Markup {
  const greatest = Math.max(...points.map(([, y]) => y), floor ?? 0, 0);
  const most = greatest > 0 ? topOf(greatest) : 1;
  const path = points
    .map(([x, y]) => `${fixed((1000 * x) / end)},${fixed(100 - (100 * y) / most)}`)
    .join(' ');
  return html`<figure class="series">
<figcaption><span>${label}</span><b>${reached}</b></figcaption>
<svg class="plot" width="100%" height="${top + height + 20}" role="img" aria-label="${label} over executions: ${reached} after ${approximately(end)} executions${floor === undefined ? '' : `, needs ${format(floor)}`}">
<text class="tick" x="0" y="10">${format(most)}</text>
<line class="grid" x1="0" x2="100%" y1="${top}" y2="${top}"/>
<svg x="0" y="${top}" width="100%" height="${height}" viewBox="0 0 1000 100" preserveAspectRatio="none">
<polygon class="area" points="${fixed((1000 * (points[0]?.[0] ?? 0)) / end)},100 ${path} ${fixed((1000 * (points.at(-1)?.[0] ?? 0)) / end)},100"/>
<polyline class="line" points="${path}"/>
</svg>
${floor === undefined ? undefined : floorLine(floor, most, format)}
<line class="axis" x1="0" x2="100%" y1="${top + height}" y2="${top + height}"/>
${ticksBetween(0, end, 4).map((tick) => html`<text class="tick ${tick === 0 ? 'start' : tick > 0.94 * end ? 'end' : 'middle'}" x="${percentOf(tick, end)}" y="${top + height + 15}">${short(tick)}</text>`)}
</svg>
</figure>`;
}

function floorLine(floor: number, most: number, format: Series['format']): Markup {
  const y = fixed(top + height - (height * floor) / most);
  return html`<line class="floor" x1="0" x2="100%" y1="${y}" y2="${y}"><title>needs ${format(floor)}</title></line>`;
}

/** A round number at or above it, near to it. */
const topOf = (value: number): number => {
  const step = niceStep(value / 4);
  return Number((Math.ceil(value / step - 1e-9) * step).toPrecision(12));
};

const fixed = (value: number): string => `${Number(value.toFixed(1))}`;

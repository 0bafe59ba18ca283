// How far each output can move: bounds over an instance's inputs, as bars beside their numbers.
import type { InstanceReport, OutputBounds, PropertyReport } from '../../findings/report.js';
import { approximately, count, oneLine } from '../words.js';
import { percentOf } from './bars.js';
import { html, type Markup } from './markup.js';
import { type Span, spanOf } from './number-bar.js';

/** Tables that are not folded. */
const openTables = 2;

export function outputBoundsPanel({ instances, models }: PropertyReport): Markup | undefined {
  const tables = instances.flatMap((instance) =>
    (instance.outputBounds ?? []).map((bounds) => table(instance, bounds, models.length > 1)),
  );
  if (tables.length === 0) return undefined;
  const rest = tables.slice(openTables);
  return html`<section class="panel">
<h3>How far each output can move</h3>
<p class="hint">Bounds that hold for every input of the instance, of those instances that are closest to breaking the property. Where the bars of two outputs overlap, bounds alone do not tell which is greater.</p>
${tables.slice(0, openTables)}
${rest.length === 0 ? undefined : html`<details class="rest"><summary>${count(rest.length)} more</summary>${rest}</details>`}
</section>`;
}

const methods: Readonly<Record<OutputBounds['method'], string>> = {
  crown: 'backward linear bounds',
  ibp: 'intervals',
};

function table({ instance, verdict }: InstanceReport, bounds: OutputBounds, namesModel: boolean): Markup {
  const { outputs, size, method, model } = bounds;
  const span = spanOf(outputs.flatMap(({ lower, upper, atRow }) => [lower ?? 0, upper ?? 0, atRow ?? 0]));
  const hasRow = outputs.some(({ atRow }) => atRow !== null);
  const some = outputs.length < size ? `, ${count(outputs.length)} of ${count(size)} outputs` : '';
  return html`<table class="numbers ranges">
<caption><b>${oneLine(instance)}</b>, ${verdict.kind}${namesModel ? `, ${oneLine(model)}` : ''}: by ${methods[method]}${some}</caption>
<thead><tr><th scope="col">Output</th><th scope="col">Least</th><th scope="col">Greatest</th>${hasRow ? html`<th scope="col"><span class="swatch here" aria-hidden="true"></span>At the row</th>` : undefined}<td></td></tr></thead>
<tbody>${outputs.map((output) => row(output, span, hasRow, verdict.kind))}</tbody>
</table>`;
}

type Output = OutputBounds['outputs'][number];

const row = ({ index, lower, upper, atRow }: Output, span: Span, hasRow: boolean, kind: string): Markup =>
  html`<tr><th scope="row">${index}</th><td>${numberOf(lower)}</td><td>${numberOf(upper)}</td>${hasRow ? html`<td>${numberOf(atRow)}</td>` : undefined}<td class="wide">${rangeBar(lower, upper, atRow, span, kind)}</td></tr>`;

const numberOf = (value: number | null): string => (value === null ? 'unknown' : approximately(value));

/** Hidden from screen readers: the numbers stand beside it. */
function rangeBar(
  lower: number | null,
  upper: number | null,
  atRow: number | null,
  { low, high }: Span,
  kind: string,
): Markup {
  // Halved, so that the difference of great numbers is finite.
  const width = high / 2 - low / 2;
  const place = (value: number) => percentOf(value / 2 - low / 2, width);
  return html`<svg class="range" aria-hidden="true"><line class="zero" x1="${place(0)}" x2="${place(0)}" y1="0" y2="13"/>${
    lower === null || upper === null
      ? undefined
      : html`<rect class="${kind}" x="${place(lower)}" width="${percentOf(upper / 2 - lower / 2, width)}" y="3" height="7"/>`
  }${atRow === null ? undefined : html`<line class="row" x1="${place(atRow)}" x2="${place(atRow)}" y1="0" y2="13"/>`}</svg>`;
}

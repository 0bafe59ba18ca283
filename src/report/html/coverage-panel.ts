// What fuzzing reached: per criterion how much, and how it grew over the executions.
import type { CoverageSummary, FuzzingSummary, PropertyReport } from '../../findings/report.js';
import { count, oneLine, percent, plural } from '../words.js';
import { linePlot } from './line-plot.js';
import { html, type Markup } from './markup.js';
import { short } from './scale.js';

export function coveragePanel({ fuzzing, coverageFloors }: PropertyReport): Markup | undefined {
  if (fuzzing === null) return undefined;
  return html`<section class="panel">
<h3>Fuzzing</h3>
<p class="hint">${plural(fuzzing.executions, 'execution')}, a corpus of ${plural(fuzzing.corpusSize, 'input')}. What each coverage criterion reached${fuzzing.series === undefined ? '' : ', over executions'}:</p>
${fuzzing.series === undefined || fuzzing.series.length < 2 ? reachedList(fuzzing) : plots(fuzzing, fuzzing.series, coverageFloors)}
</section>`;
}

const reachedList = ({ coverage }: FuzzingSummary): Markup =>
  html`<dl class="facts">${coverage.map((of) => html`<div><dt>${oneLine(of.criterion)}</dt><dd>${reachedWords(of)}</dd></div>`)}</dl>`;

function plots(
  { executions, corpusSize, coverage }: FuzzingSummary,
  series: NonNullable<FuzzingSummary['series']>,
  floors: PropertyReport['coverageFloors'],
): Markup {
  const end = Math.max(1, executions);
  const corpus = {
    label: 'corpus',
    reached: plural(corpusSize, 'input'),
    points: series.map((point) => [point.executions, point.corpusSize] as const),
    format: short,
  };
  const criteria = coverage.map((of, at) => ({
    label: oneLine(of.criterion),
    reached: reachedWords(of),
    points: series.map((point) => [point.executions, point.coverage[at] ?? 0] as const),
    format: of.covered === null ? short : (value: number) => percent(value),
    floor: floors.find(({ criterion }) => criterion === of.criterion)?.required,
  }));
  return html`<div class="plots">${[corpus, ...criteria].map((one) => linePlot(one, end))}</div>`;
}

const reachedWords = ({ kept, covered }: CoverageSummary): string =>
  covered === null ? `${count(kept)} kept as new` : `${percent(covered)} covered`;

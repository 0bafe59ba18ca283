// What a model answers at the seed and at the counterexample, number beside number.
import type { ModelOutputs, WitnessMaterial } from '../material.js';
import { approximately, count, oneLine } from '../words.js';
import { html, type Markup } from './markup.js';
import { numberBars, type Span, spanOf } from './number-bar.js';

/** Of more outputs, those that are greatest at either input. */
const shown = 10;

export const outputTables = ({ outputs, finding: { models } }: WitnessMaterial): Markup[] =>
  outputs.flatMap((of, at) =>
    of === undefined || of.atInput.length === 0
      ? []
      : [outputTable(of, models.length > 1 ? models[at]?.name : undefined)],
  );

function outputTable(outputs: ModelOutputs, model: string | undefined): Markup {
  const { atSeed, atInput } = outputs;
  const places = placesOf(outputs);
  const span = spanOf(places.flatMap((at) => [atSeed[at] ?? 0, atInput[at] ?? 0]));
  const isSame = atInput.every((value, at) => Object.is(value, atSeed[at]));
  const [winnerBefore, winner] = [greatest(atSeed), greatest(atInput)];
  const what =
    places.length < atInput.length
      ? `the ${count(places.length)} greatest of ${count(atInput.length)} outputs`
      : 'outputs';
  return html`<table class="numbers outputs">
<caption>${model === undefined ? what.replace(/^./, (first) => first.toUpperCase()) : html`<b>${oneLine(model)}</b>: ${what}`}</caption>
<thead><tr><th scope="col">Output</th>${isSame ? undefined : html`<th scope="col"><span class="swatch seed" aria-hidden="true"></span>Seed</th>`}<th scope="col"><span class="swatch here" aria-hidden="true"></span>Here</th><td></td></tr></thead>
<tbody>${places.map((at) => row(at, outputs, span, isSame ? undefined : at === winnerBefore, at === winner))}</tbody>
</table>`;
}

/** @param wonBefore undefined where the seed's answer is the same */
function row(
  at: number,
  { atSeed, atInput, shape }: ModelOutputs,
  span: Span,
  wonBefore: boolean | undefined,
  wins: boolean,
): Markup {
  const [before, after] = [atSeed[at] ?? 0, atInput[at] ?? 0];
  return html`<tr><th scope="row">${nameOf(at, shape)}</th>${wonBefore === undefined ? undefined : numberCell(before, wonBefore)}${numberCell(after, wins)}<td class="wide">${wonBefore === undefined ? numberBars([after], span, 'one') : numberBars([before, after], span, 'pair')}</td></tr>`;
}

const numberCell = (value: number, isGreatest: boolean): Markup =>
  isGreatest
    ? html`<td><b title="the greatest">${approximately(value)}</b></td>`
    : html`<td>${approximately(value)}</td>`;

function placesOf({ atSeed, atInput }: ModelOutputs): number[] {
  const all = Array.from(atInput, (_, at) => at);
  const height = (at: number) => Math.max(rank(atSeed[at]), rank(atInput[at]));
  return all
    .toSorted((a, b) => height(b) - height(a))
    .slice(0, shown)
    .sort((a, b) => a - b);
}

/** What is not a number is worth a look before all others. */
const rank = (value: number | undefined): number =>
  value === undefined || Number.isNaN(value)
    ? Number.MAX_VALUE
    : Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value));

const greatest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((best, value, at) => (value > (values[best] ?? -Infinity) ? at : best), 0);

/** `3`, or `2, 0, 5` of an output with several axes. */
function nameOf(at: number, shape: readonly number[]): string {
  const sizes = shape.filter((size) => size !== 1);
  let rest = at;
  return (
    sizes
      .toReversed()
      .map((size) => {
        const place = rest % size;
        rest = Math.floor(rest / size);
        return place;
      })
      .reverse()
      .join(', ') || `${at}`
  );
}

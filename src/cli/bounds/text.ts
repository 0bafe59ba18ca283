// What `marauder bounds` found, for people.
import type { Style } from '../../report/style.js';
import { summaryRow } from '../../report/summary-text.js';
import { approximately, count, duration, oneLine, plural } from '../../report/words.js';
import type { OpenModel } from '../check/models.js';
import type { Io } from '../options.js';
import { type Column, fold, table } from '../table.js';
import { version } from '../version.js';
import { wrap } from '../wrap.js';
import type { BoundsResult, RowBounds } from './result.js';
import { roundedDown, roundedUp, sixDigits } from './rounded.js';

/** More outputs of a row than this are folded: `--json` has them all. */
const outputsShown = 40;

/** What is about to be bounded; known before the run. */
export const boundsHeader = ({ file, typed: { output } }: OpenModel, style: Style): string =>
  `${style.strong(`marauder ${version}`)}  ${oneLine(file)}  ${style.faint(`output "${oneLine(output.name)}" [${output.shape.join(', ')}]`)}\n`;

export function boundsText(result: BoundsResult, { style, stdout }: Io): string {
  const width = stdout.isTTY && stdout.columns ? stdout.columns - 1 : undefined;
  // What an interrupted run did not reach is not worth a line.
  const rows = result.interrupted ? result.rows.filter(isBounded) : result.rows;
  const lines = rows.length === 0 ? [] : table(columns(rows, result, style), width, style);
  const summary = summaryLines(result, rows.length, style).map((line) =>
    width === undefined ? line : wrap(line, width),
  );
  const gap = lines.length === 0 ? [] : [''];
  return `${[...lines, ...gap, ...summary].join('\n')}\n`;
}

const isBounded = ({ lower }: RowBounds): boolean => lower.some((bound) => bound !== null);

type Line = {
  readonly row: string;
  readonly output: string;
  readonly value: string;
  readonly lower: string;
  readonly upper: string;
  readonly width: string;
  readonly bounded: boolean;
};

function columns(rows: readonly RowBounds[], { output }: BoundsResult, style: Style): Column[] {
  const dims = output.shape.slice(1).map(Number);
  const lines = rows.flatMap((row) => linesOf(row, dims));
  const column = (title: string, cell: (line: Line) => string): Column => ({
    title,
    align: 'right',
    cells: lines.map(cell),
    paint: (at) => (lines[at]?.bounded === false ? style.warn : (text) => text),
  });
  const all = [
    column('Row', ({ row }) => row),
    column('Output', ({ output }) => output),
    column('Value', ({ value }) => value),
    column('Lower', ({ lower }) => lower),
    column('Upper', ({ upper }) => upper),
    column('Width', ({ width }) => width),
  ];
  // One box of all inputs has neither a number nor a value.
  return all.filter(({ cells }) => cells.some((cell) => cell !== ''));
}

function linesOf({ row, values, lower, upper }: RowBounds, dims: readonly number[]): Line[] {
  const { shown, hidden } = fold(lower.length, outputsShown);
  const lines = shown.map((at, position): Line => {
    const [low, high] = [lower[at] ?? null, upper[at] ?? null];
    const known = low !== null && high !== null;
    return {
      row: row === null || position > 0 ? '' : `${row}`,
      output: indexWords(at, dims),
      value: values === null ? '' : sixDigits(values[at] ?? Number.NaN),
      lower: known ? roundedDown(low) : '-Infinity',
      upper: known ? roundedUp(high) : 'Infinity',
      width: known ? roundedUp(high - low) : 'unbounded',
      bounded: known,
    };
  });
  if (hidden === 0) return lines;
  const folded = { row: '', value: '', lower: '', upper: '', width: '', bounded: true };
  const middle = { ...folded, output: `… ${count(hidden)} more: --json` };
  return [...lines.slice(0, lines.length / 2), middle, ...lines.slice(lines.length / 2)];
}

/** `7` in a vector, `0,3,1` in what has more axes. */
function indexWords(at: number, dims: readonly number[]): string {
  const [, ...inner] = dims;
  const size = inner.reduce((product, dim) => product * dim, 1);
  if (inner.length === 0 || size === 0) return `${at}`;
  return `${Math.floor(at / size)},${indexWords(at % size, inner)}`;
}

function summaryLines(result: BoundsResult, shown: number, style: Style): string[] {
  const { summary, method, arithmetic, timing, interrupted, rows } = result;
  const line = (label: string, value: string) => summaryRow(label, value, style);
  const about =
    arithmetic === 'deployed' ? 'for the deployed float32 network' : style.warn('in real arithmetic only');
  const { meanWidth, greatestWidth } = summary;
  const widths =
    meanWidth === null || greatestWidth === null
      ? style.warn(interrupted ? 'unknown' : 'unbounded')
      : `mean ${approximately(meanWidth)}, greatest ${approximately(greatestWidth)}`;
  const time = `${duration(timing.totalMs)} on ${plural(timing.workers, 'worker')}, of it ${duration(timing.boundMs)} for the bounds`;
  return [
    line('Inputs', inputWords(result)),
    line('Bounds', `${method}, ${about}`),
    line('Width', widths),
    ...(interrupted || summary.unbounded === 0 ? [] : [line('Unbounded', unboundedWords(result, style))]),
    ...(interrupted
      ? [line('', style.bad(`interrupted: ${count(shown)} of ${plural(rows.length, 'row')} have bounds`))]
      : []),
    line('Time', time),
  ];
}

const unboundedWords = ({ summary, unbounded }: BoundsResult, style: Style): string =>
  style.warn(
    `${count(summary.unbounded)} of ${plural(summary.outputs, 'output')}: ${oneLine(unbounded ?? 'unknown')}`,
  );

function inputWords({ data, linfEpsilon, range, rows }: BoundsResult): string {
  const [least, most] = range ?? [];
  if (data === null) return `every input with elements from ${least} to ${most}`;
  const [first, last] = [rows[0]?.row ?? 0, rows.at(-1)?.row ?? 0];
  const which = first === last ? `row ${first}` : `a row from ${count(first)} to ${count(last)}`;
  const clipped = range === null ? '' : `, elements from ${least} to ${most}`;
  return `within ${linfEpsilon} (linf) of ${which} of ${oneLine(data.file)}${clipped}`;
}

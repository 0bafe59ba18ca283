// Numbers and tables as the experiments print them.
import { table } from '../../../src/cli/table.js';
import { plain } from '../../../src/report/style.js';

/** 31977 -> `31,977`; a run without an answer is `never`. */
export const whole = (value: number): string =>
  Number.isFinite(value) ? Math.round(value).toLocaleString('en-US') : 'never';

export const share = (part: number): string => `${(100 * part).toFixed(0)} %`;

/** Rows of cells below titles; all but the first column to the right, unless it is text. */
export function grid(titles: readonly string[], rows: readonly (readonly string[])[], text = 1): string[] {
  const columns = titles.map((title, at) => ({
    title,
    cells: rows.map((cells) => cells[at] ?? ''),
    ...(at >= text && ({ align: 'right' } as const)),
  }));
  return table(columns, undefined, plain);
}

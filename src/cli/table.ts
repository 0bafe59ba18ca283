// Tables of text that fit the terminal: columns as wide as their widest cell, long names cut where they may be.
import type { Paint, Style } from '../report/style.js';
import { cut, widthOf } from './screen.js';

export type Column = {
  readonly title: string;
  readonly cells: readonly string[];
  /** Default: left. */
  readonly align?: 'right';
  /** Where a cell may be cut if the table is too wide: at its start for paths, at its end for texts. Default: nowhere. */
  readonly cut?: 'start' | 'end';
  /** Width below which the cells are not cut; default: 8. */
  readonly least?: number;
  /** The greatest width on any terminal, for columns that may be cut. */
  readonly greatest?: number;
  /** Colour of a cell, by row. */
  readonly paint?: (row: number) => Paint;
};

const gap = 2;
const defaultLeast = 8;

/** The lines of a table, with its titles. @param width columns of the terminal; undefined for files and pipes */
export function table(columns: readonly Column[], width: number | undefined, style: Style): string[] {
  const widths = fitted(columns, width);
  const line = (cells: readonly string[], paint: (column: number) => Paint) =>
    cells.map((cell, at) => paint(at)(padded(cell, widths[at] ?? 0, columns[at], at))).join('  ');
  const plain: Paint = (text) => text;
  const titles = line(
    columns.map(({ title }) => title),
    () => style.faint,
  );
  const rows = Array.from({ length: columns[0]?.cells.length ?? 0 }, (_, row) =>
    line(
      columns.map(({ cells }) => cells[row] ?? ''),
      (at) => columns[at]?.paint?.(row) ?? plain,
    ),
  );
  return [titles, ...rows].map((text) => text.trimEnd());

  function padded(cell: string, size: number, column: Column | undefined, at: number): string {
    const shown = column?.cut === 'start' ? cutStart(cell, size) : column?.cut ? cut(cell, size) : cell;
    const space = ' '.repeat(Math.max(0, size - widthOf(shown)));
    if (column?.align === 'right') return space + shown;
    // Nothing is to the right of the last column.
    return at === columns.length - 1 ? shown : shown + space;
  }
}

/** Widths of the columns: the widest of those that may be cut gives way until all of them fit. */
function fitted(columns: readonly Column[], width: number | undefined): number[] {
  const widths = columns.map(({ title, cells, greatest }) =>
    Math.min(
      greatest ?? Infinity,
      cells.reduce((most, cell) => Math.max(most, widthOf(cell)), widthOf(title)),
    ),
  );
  if (width === undefined) return widths;
  const total = () => widths.reduce((sum, size) => sum + size + gap, -gap);
  while (total() > width) {
    const widest = columns.reduce(
      (best, { cut: mayCut, least = defaultLeast }, at) =>
        mayCut && (widths[at] ?? 0) > Math.max(least, widths[best] ?? 0) ? at : best,
      -1,
    );
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

/** The end of a text, in at most `columns`: what tells the paths of one graph apart is there. */
function cutStart(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  // A character is at least one column wide.
  const letters = [...text].slice(-columns);
  while (letters.length > 0 && widthOf(letters.join('')) > columns - 1) letters.shift();
  return `…${letters.join('')}`;
}

export type Fold = { readonly shown: readonly number[]; readonly hidden: number };

/** Which of `count` rows are shown where there is room for `limit`: the first and the last half. */
export function fold(count: number, limit: number): Fold {
  if (count <= limit) return { shown: Array.from({ length: count }, (_, at) => at), hidden: 0 };
  const half = Math.floor(limit / 2);
  const shown = Array.from({ length: 2 * half }, (_, at) => (at < half ? at : count - 2 * half + at));
  return { shown, hidden: count - shown.length };
}

// Which rows of a table are shown, and in which order.
import type { InstanceTable, Row } from '../instance-table.js';

export type Query = {
  /** Words that the instance or its detail must have, all of them, in any case. */
  readonly text: string;
  /** Verdicts that are left out, by their place. */
  readonly hidden: ReadonlySet<number>;
  /** Place in `headings`; undefined: in the order of the report. */
  readonly sortedBy: number | undefined;
  readonly descending: boolean;
};

/** Cells before the numbers: instance, verdict, and two that are no columns. */
export const firstNumber = 4;
const [instanceColumn, verdictColumn] = [0, 1];

/** Instance, verdict, the numbers, detail. */
export const headings = ({ columns }: InstanceTable): readonly string[] => [
  'Instance',
  'Verdict',
  ...columns,
  'Detail',
];

export function select({ rows, details, columns }: InstanceTable, query: Query): readonly Row[] {
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows.filter((row) => {
    if (query.hidden.has(row[1])) return false;
    const text = words.length === 0 ? '' : `${row[0]} ${details[row[2]] ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  if (query.sortedBy === undefined) return found;
  const compare = comparison(query.sortedBy, query.descending, columns.length, details);
  return found.sort(compare);
}

const collator = new Intl.Collator('en', { numeric: true });

type Compare = (a: Row, b: Row) => number;

function comparison(
  column: number,
  descending: boolean,
  numbers: number,
  details: readonly string[],
): Compare {
  const sign = descending ? -1 : 1;
  if (column === instanceColumn) return (a, b) => sign * collator.compare(a[0], b[0]);
  if (column === verdictColumn) return (a, b) => sign * (a[1] - b[1]);
  if (column === 2 + numbers)
    return (a, b) => sign * collator.compare(details[a[2]] ?? '', details[b[2]] ?? '');
  const cell = firstNumber + column - 2;
  const value = (row: Row) => (typeof row[cell] === 'number' ? row[cell] : undefined);
  return (a, b) => {
    const [left, right] = [value(a), value(b)];
    // Rows without a number are last either way.
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined);
    return sign * (left - right);
  };
}

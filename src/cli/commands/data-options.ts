// Options that name rows of data, as several commands take them.
import type { DataOptions } from '../options.js';
import { readInteger, readNumber, usageError } from '../values.js';
import type { OptionTable } from './common.js';

/** @param data what the rows are for */
export const dataTable = (data: string) =>
  ({
    data: { describe: data, type: 'string' },
    inputs: {
      describe: 'Array of the .npz, or columns of the .csv (a,b,c), that hold the rows',
      type: 'string',
    },
    labels: { describe: 'Array or column that holds labels, and no input', type: 'string' },
    scale: { describe: 'Stored values are multiplied by this, such as 1/255; default: 1', type: 'string' },
    row: { describe: 'One row, counted from 0; default: all', type: 'string' },
    rows: { describe: 'FROM:TO (TO is not one of them), or N for the first N rows', type: 'string' },
  }) as const satisfies OptionTable;

export const onlyWithData = ['inputs', 'labels', 'scale', 'row', 'rows'] as const;

export type DataArgs = { readonly [K in 'data' | (typeof onlyWithData)[number]]?: string | undefined };

/** Undefined where no data is named. */
export function dataOptions(command: string, args: DataArgs): DataOptions | undefined {
  const { data, inputs, labels, scale } = args;
  if (data === undefined) return undefined;
  return {
    file: data,
    inputs: inputs?.split(','),
    labels,
    scale: readScale(command, scale),
    rows: readRows(command, args),
  };
}

function readScale(command: string, text: string | undefined): number {
  const scale = readNumber(command, 'scale', text, 0) ?? 1;
  if (scale > 0) return scale;
  throw usageError(command, `--scale cannot be ${JSON.stringify(text)}`, 'give a number above 0');
}

const greatestRow = 2 ** 31;

/** `--row 3`, `--rows 5`, `--rows 2:10`. */
function readRows(command: string, { row, rows }: DataArgs): DataOptions['rows'] {
  if (row !== undefined && rows !== undefined)
    throw usageError(command, '--row and --rows exclude each other', '--row 3 is --rows 3:4');
  const from = readInteger(command, 'row', row, 0, greatestRow);
  if (from !== undefined) return { from, to: from + 1 };
  if (rows === undefined) return undefined;
  const [, first = '0', end = ''] = /^(?:(\d+):)?(\d+)$/.exec(rows) ?? [];
  const range = { from: Number(first), to: end === '' ? Number.NaN : Number(end) };
  if (range.from < range.to && range.to <= greatestRow) return range;
  const hint =
    'give FROM:TO, rows from FROM (counted from 0) up to, but without, TO; or the number of first rows';
  throw usageError(command, `--rows cannot be ${JSON.stringify(rows)}`, hint);
}

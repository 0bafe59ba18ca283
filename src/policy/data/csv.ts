// .csv: a header row with the names of the columns, then one row of numbers each.
import { CsvError, parse } from 'csv-parse/sync';
import { float64 } from '../../base/tensor.js';
import type { DataRef } from '../policy.js';
import { show, suggest } from '../suggest.js';
import { CsvValues } from './csv-values.js';
import { invalid, type Raw } from './raw.js';

/** Decimal only: "", "0x10" and "Infinity" are numbers to JavaScript, and mistakes in a table. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Indices into a row. */
type Columns = {
  readonly names: readonly string[];
  readonly inputs: readonly number[];
  readonly label: number | undefined;
};

export function readCsv(bytes: Buffer, ref: DataRef): Raw {
  const inputs = new CsvValues(ref.file);
  const labels = new CsvValues(ref.file);
  let columns: Columns | undefined;
  eachRecord(bytes, ref.file, (cells, line) => {
    if (columns === undefined) {
      columns = readHeader(cells, ref);
      return;
    }
    const { names } = columns;
    const numberAt = (column: number): number => {
      const cell = cells[column] ?? '';
      const value = NUMBER.test(cell) ? Number(cell) : Number.NaN;
      if (Number.isFinite(value)) return value;
      const where = `${ref.file}:${line}:${characterOf(bytes, line, column)}`;
      throw invalid(where, `expected a finite number in column ${show(names[column])}, found ${show(cell)}`);
    };
    for (const column of columns.inputs) inputs.push(numberAt(column));
    if (columns.label !== undefined) labels.push(numberAt(columns.label));
  });
  if (columns === undefined)
    throw invalid(`${ref.file}:1:1`, 'the file is empty', 'begin with a row of names');
  const width = columns.inputs.length;
  const values = float64(inputs.values(), [inputs.length / width, width]);
  const found = { values: float64(labels.values()), where: `${ref.file}: column ${show(ref.labels)}` };
  return { inputs: { values, where: ref.file }, labels: columns.label === undefined ? undefined : found };
}

/** Hands over one record at a time, so that the text of a large table is never held as a whole. */
function eachRecord(
  bytes: Buffer,
  file: string,
  take: (cells: readonly string[], line: number) => void,
): void {
  try {
    parse(bytes, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      on_record: (cells: string[], { lines }) => {
        take(cells, lines);
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? error.lines : 1;
    throw invalid(`${file}:${line}:1`, `not valid CSV: ${error.message}`, undefined, error);
  }
}

function readHeader(names: readonly string[], { file, inputs, labels }: DataRef): Columns {
  const where = `${file}:1:1`;
  if (names.every((name) => NUMBER.test(name))) {
    throw invalid(where, 'the first row holds numbers', 'begin the file with a row of column names');
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(where, `two columns are named ${show(twice)}`);
  const indexOf = (name: string): number => {
    const index = names.indexOf(name);
    if (index >= 0) return index;
    throw invalid(where, `no column ${show(name)}${suggest(name, names, 'the columns are')}`);
  };
  const label = labels === undefined ? undefined : indexOf(labels);
  return { names, inputs: inputs?.map(indexOf) ?? allBut(label, names, where), label };
}

function allBut(label: number | undefined, names: readonly string[], where: string): number[] {
  const columns = [...names.keys()].filter((column) => column !== label);
  if (columns.length === 0) throw invalid(where, 'no column is left for the inputs');
  // pandas writes the row numbers of a table into such a column unless told not to.
  const nameless = columns.find((column) => names[column] === '');
  if (nameless === undefined) return columns;
  const hint = 'save with "index=False" if it holds row numbers, or list the columns under "inputs"';
  throw invalid(where, `column ${nameless + 1} has no name`, hint);
}

/** The column of text, from 1, where a cell of a line begins. */
function characterOf(bytes: Buffer, line: number, cell: number): number {
  const text = bytes.toString('utf8').split(/\r\n|\n|\r/)[line - 1] ?? '';
  let quoted = false;
  let before = cell;
  for (let index = 0; index < text.length && before > 0; index++) {
    if (text[index] === '"') quoted = !quoted;
    if (text[index] === ',' && !quoted) before--;
    if (before === 0) return index + 2;
  }
  return 1;
}

// What a data file holds, before it is known what its parts are for: arrays of an .npz, columns of a .csv.
import { parse } from 'csv-parse/sync';
import type { Shape } from '../../base/shape.js';
import { UserError } from '../../base/user-error.js';
import { readBytes } from '../../policy/data/files.js';
import { readNpyHeader } from '../../policy/data/npy-header.js';
import { listZip, readEntry } from '../../policy/data/zip.js';

export type StoredArray = {
  readonly name: string;
  readonly shape: Shape;
  /** NumPy's code without the byte order, such as "f4" or "u1". */
  readonly code: string;
};

export type Column = {
  readonly name: string;
  /** Of the records that were looked at. */
  readonly numeric: boolean;
  readonly whole: boolean;
};

/** Arrays whose header cannot be read, such as pickled objects, are left out: nobody can name them as inputs. */
export async function arraysOf(file: string): Promise<StoredArray[]> {
  const bytes = await readBytes(file);
  return listZip(bytes, file).flatMap((entry) => {
    try {
      const { shape, descr } = readNpyHeader(readEntry(bytes, entry, file), file);
      return [{ name: entry.name.replace(/\.npy$/, ''), shape, code: descr.replace(/^[<>|=]/, '') }];
    } catch (error) {
      if (error instanceof UserError) return [];
      throw error;
    }
  });
}

/** Enough to tell what a column holds. */
const recordsSeen = 200;

/** None where the file is no table with a header: reading it as data says what is wrong. */
export async function columnsOf(file: string): Promise<Column[]> {
  const bytes = await readBytes(file);
  const records = recordsOf(bytes);
  const [names = [], ...rest] = records;
  return names.map((name, at) => {
    const cells = rest.map((record) => record[at] ?? '');
    const numeric = cells.length > 0 && cells.every((cell) => cell !== '' && Number.isFinite(Number(cell)));
    return { name, numeric, whole: numeric && cells.every((cell) => Number.isInteger(Number(cell))) };
  });
}

function recordsOf(bytes: Buffer): string[][] {
  try {
    return parse(bytes, { bom: true, trim: true, skip_empty_lines: true, to: recordsSeen + 1 });
  } catch {
    return [];
  }
}

/** Whether NumPy's code is one of whole numbers or truth values. */
export const isWhole = (code: string): boolean => /^[iub]/.test(code);

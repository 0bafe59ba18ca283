// Which format a file's name stands for, and which files a data set consists of.
import type { DataRef } from '../policy.js';

/** By the end of the file's name. IDX files are named as MNIST's: train-images-idx3-ubyte, or .idx3-ubyte, or .idx. */
const endings = {
  npz: /\.npz$/i,
  npy: /\.npy$/i,
  csv: /\.csv$/i,
  idx: /[.-]idx\d*(?:-[a-z]+)?$/i,
} as const;

export type Format = keyof typeof endings;

export const formats = Object.keys(endings) as Format[];

/** Undefined for folders, and for files of other kinds. A last `.gz` does not count. */
export function formatOf(file: string): Format | undefined {
  const name = file.replace(/\.gz$/i, '');
  return formats.find((format) => endings[format].test(name));
}

/** Formats of one array without a name: their labels lie in a file of their own. */
export const isOneArray = (format: Format | undefined): format is 'npy' | 'idx' =>
  format === 'npy' || format === 'idx';

/** The file or folder, and the file of the labels where that is another. */
export const pathsOf = ({ file, labels }: Pick<DataRef, 'file' | 'labels'>): string[] =>
  isOneArray(formatOf(file)) && labels !== undefined ? [file, labels] : [file];

// What `marauder bounds` found, as data.
import type { Tensor } from '../../base/tensor.js';
import type { Boxes } from '../../verify/ibp.js';
import type { BoundsOptions } from '../options.js';
import type { Boxed } from './region.js';

/** Bounds of one box. */
export type RowBounds = {
  /** Number of the row in its data set; null for one box of all inputs. */
  readonly row: number | null;
  /** What ONNX Runtime computes at the row itself, one number per output; null for a box, and where it was not reached. */
  readonly values: readonly (number | null)[] | null;
  /** One number per output, in row-major order; null where nothing is known. */
  readonly lower: readonly (number | null)[];
  readonly upper: readonly (number | null)[];
};

export type HashedFile = { readonly file: string; readonly sha256: string };

/** What `--json` prints. */
export type BoundsResult = {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: 'marauder'; readonly version: string; readonly onnxruntime: string };
  readonly model: HashedFile;
  readonly data: HashedFile | null;
  readonly linfEpsilon: number | null;
  /** Least and greatest value of every input element, where there are any: `--clip` or `--box`. */
  readonly range: readonly [number, number] | null;
  readonly method: BoundsOptions['method'];
  readonly arithmetic: BoundsOptions['arithmetic'];
  readonly output: { readonly name: string; readonly shape: readonly (number | string)[] };
  readonly rows: readonly RowBounds[];
  readonly summary: Summary;
  /** Why some output has no bounds, with the node that is to blame; null where all have. */
  readonly unbounded: string | null;
  /** True where Ctrl-C ended the run: rows that were not reached have no bounds. */
  readonly interrupted: boolean;
  readonly timing: { readonly totalMs: number; readonly boundMs: number; readonly workers: number };
};

export type Summary = {
  readonly outputs: number;
  /** Outputs without bounds, of all rows. */
  readonly unbounded: number;
  /** Upper minus lower bound, of the outputs that have bounds; null where none has. */
  readonly meanWidth: number | null;
  readonly greatestWidth: number | null;
};

/** @param values of the rows that were reached, one after the other */
export function rowBounds({ lower, upper }: Boxes, { around }: Boxed, values: Float64Array): RowBounds[] {
  const count = lower.shape[0] ?? 0;
  const size = lower.data.length / Math.max(count, 1);
  const part = (data: ArrayLike<number>, row: number) =>
    Array.from({ length: size }, (_, at) => known(data[row * size + at]));
  return Array.from({ length: count }, (_, row) => ({
    row: around === undefined ? null : around.firstRow + row,
    values: values.length >= (row + 1) * size ? part(values, row) : null,
    lower: part(lower.data, row),
    upper: part(upper.data, row),
  }));
}

/** JSON has neither infinities nor NaN. */
const known = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

export function summaryOf({ lower, upper }: Boxes): Summary {
  let [unbounded, total, greatest] = [0, 0, -Infinity];
  lower.data.forEach((low, at) => {
    const width = (upper.data[at] ?? Infinity) - low;
    if (!Number.isFinite(width)) {
      unbounded++;
      return;
    }
    total += width;
    greatest = Math.max(greatest, width);
  });
  const bounded = lower.data.length - unbounded;
  return {
    outputs: lower.data.length,
    unbounded,
    meanWidth: bounded === 0 ? null : total / bounded,
    greatestWidth: bounded === 0 ? null : greatest,
  };
}

/** The numbers of any tensor of numbers. */
export const numbersOf = ({ data }: Tensor): number[] =>
  Array.from<number | bigint | string, number>(data, Number);

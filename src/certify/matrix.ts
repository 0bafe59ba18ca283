// Sparse matrices by rows: one row for each output of an affine step.

export type Matrix = {
  readonly rows: number;
  readonly columns: number;
  /** [rows + 1] */
  readonly starts: Int32Array;
  /** Columns, ascending within a row, each once. */
  readonly indices: Int32Array;
  readonly weights: Float64Array;
};

/** @param fill tells the entries of a row; columns of -1 are left out, and equal ones summed, which has to be exact */
export function matrixOf(
  rows: number,
  columns: number,
  fill: (row: number, add: (column: number, weight: number) => void) => void,
): Matrix {
  const starts = new Int32Array(rows + 1);
  const indices: number[] = [];
  const weights: number[] = [];
  for (let row = 0; row < rows; row++) {
    const entries: [number, number][] = [];
    fill(row, (column, weight) => {
      if (weight !== 0 && column >= 0) entries.push([column, weight]);
    });
    entries.sort(([a], [b]) => a - b);
    for (const [column, weight] of entries)
      if (indices.length > (starts[row] ?? 0) && indices.at(-1) === column)
        weights.push((weights.pop() ?? 0) + weight);
      else {
        indices.push(column);
        weights.push(weight);
      }
    starts[row + 1] = indices.length;
  }
  return { rows, columns, starts, indices: Int32Array.from(indices), weights: Float64Array.from(weights) };
}

export const entriesIn = ({ starts }: Matrix, row: number): number =>
  (starts[row + 1] ?? 0) - (starts[row] ?? 0);

/** Calls back with every entry of a row. */
export function eachEntry(
  { starts, indices, weights }: Matrix,
  row: number,
  visit: (column: number, weight: number) => void,
): void {
  for (let at = starts[row] ?? 0, end = starts[row + 1] ?? 0; at < end; at++)
    visit(indices[at] as number, weights[at] as number);
}

export function transposed(matrix: Matrix): Matrix {
  const byColumn = Array.from({ length: matrix.columns }, (): [number, number][] => []);
  for (let row = 0; row < matrix.rows; row++)
    eachEntry(matrix, row, (column, weight) => byColumn[column]?.push([row, weight]));
  return matrixOf(matrix.columns, matrix.rows, (row, add) => {
    for (const [column, weight] of byColumn[row] ?? []) add(column, weight);
  });
}

/** Row r is row `from[r]` of the matrix, times `scale[r]`; empty where that is -1. */
export const scaledRows = (matrix: Matrix, from: ArrayLike<number>, scale?: ArrayLike<number>): Matrix =>
  matrixOf(from.length, matrix.columns, (row, add) =>
    eachEntry(matrix, from[row] ?? -1, (column, weight) => add(column, weight * (scale?.[row] ?? 1))),
  );

/** Most entries of a row, and of a column, added up. */
export function longest(matrix: Matrix): number {
  const counts = new Int32Array(matrix.columns);
  for (const column of matrix.indices) counts[column] = (counts[column] ?? 0) + 1;
  let row = 0;
  for (let at = 0; at < matrix.rows; at++) row = Math.max(row, entriesIn(matrix, at));
  return row + counts.reduce((most, count) => Math.max(most, count), 0);
}

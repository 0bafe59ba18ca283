// Sparse matrices by rows: one row for each output of an affine step.

export type Matrix = {
  readonly rows: number;
  readonly columns: number;
  /** [rows + 1] */
  readonly starts: Int32Array;
  /** Columns, ascending within a row. */
  readonly indices: Int32Array;
  readonly weights: Float64Array;
};

/** Entries of one row, in any order; of one column there may be several, which are not added up exactly: see `Row.add`. */
export type Row = { add(column: number, weight: number): void };

/** @param fill tells the entries of a row: of each column one at most */
export function matrixOf(rows: number, columns: number, fill: (row: number, to: Row) => void): Matrix {
  const starts = new Int32Array(rows + 1);
  const indices: number[] = [];
  const weights: number[] = [];
  for (let row = 0; row < rows; row++) {
    const entries: [number, number][] = [];
    fill(row, {
      add: (column, weight) => {
        if (weight !== 0) entries.push([column, weight]);
      },
    });
    entries.sort(([a], [b]) => a - b);
    for (const [column, weight] of entries) {
      indices.push(column);
      weights.push(weight);
    }
    starts[row + 1] = indices.length;
  }
  return { rows, columns, starts, indices: Int32Array.from(indices), weights: Float64Array.from(weights) };
}

/** Row r is row `from[r]` of the matrix, times `scale[r]`. */
export function scaledRows(matrix: Matrix, from: ArrayLike<number>, scale?: ArrayLike<number>): Matrix {
  const { starts } = matrix;
  const rows = from.length;
  const ends = new Int32Array(rows + 1);
  for (let row = 0; row < rows; row++) {
    const source = from[row] ?? 0;
    ends[row + 1] = (ends[row] ?? 0) + (starts[source + 1] ?? 0) - (starts[source] ?? 0);
  }
  const indices = new Int32Array(ends[rows] ?? 0);
  const weights = new Float64Array(indices.length);
  for (let row = 0; row < rows; row++) {
    const source = from[row] ?? 0;
    const [begin, end, to] = [starts[source] ?? 0, starts[source + 1] ?? 0, ends[row] ?? 0];
    const factor = scale?.[row] ?? 1;
    indices.set(matrix.indices.subarray(begin, end), to);
    for (let at = begin; at < end; at++) weights[to + at - begin] = (matrix.weights[at] ?? 0) * factor;
  }
  return { rows, columns: matrix.columns, starts: ends, indices, weights };
}

/** Most entries of a row, and of a column. */
export function longest({ rows, columns, starts, indices }: Matrix): {
  readonly row: number;
  readonly column: number;
} {
  const counts = new Int32Array(columns);
  for (const column of indices) counts[column] = (counts[column] ?? 0) + 1;
  let row = 0;
  for (let at = 0; at < rows; at++) row = Math.max(row, (starts[at + 1] ?? 0) - (starts[at] ?? 0));
  return { row, column: counts.reduce((most, count) => Math.max(most, count), 0) };
}

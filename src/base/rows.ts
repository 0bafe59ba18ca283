// Rows of a flat array.

/** Some rows of many, one after the other. */
export function rowsAt(
  inputs: Float32Array,
  rows: readonly number[],
  size: number,
): Float32Array<ArrayBuffer> {
  const result = new Float32Array(rows.length * size);
  rows.forEach((row, at) => {
    result.set(inputs.subarray(row * size, (row + 1) * size), at * size);
  });
  return result;
}

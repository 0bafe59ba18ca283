// Directed rounding of doubles to float32.

// One buffer for all calls: clipping rounds thousands of bounds per second.
const single = new Float32Array(1);
const bits = new Int32Array(single.buffer);

/** The least float32 >= x; Infinity beyond the greatest. NaN stays. */
export function roundUp(x: number): number {
  const nearest = Math.fround(x);
  return nearest < x ? nextAbove(nearest) : nearest;
}

/** The greatest float32 <= x; -Infinity beyond the least. NaN stays. */
export const roundDown = (x: number): number => -roundUp(-x);

/** The next float32 above a float32; Infinity and NaN stay. */
export function nextAbove(x: number): number {
  if (Number.isNaN(x) || x === Infinity) return x;
  if (x === 0) return 2 ** -149;
  single[0] = x;
  bits[0] = (bits[0] ?? 0) + (x > 0 ? 1 : -1);
  return single[0] ?? x;
}

// Bounds of a value as plain arrays, in its row-major order.

export type Bounds = { readonly lower: Float32Array; readonly upper: Float32Array };

/**
 * Tightens the bounds of one element by lower bounds of y and of -y; what is not finite says nothing, and an element of which
 * nothing is known stays so.
 */
export function intersected(
  { lower, upper }: Bounds,
  index: number,
  leastOfValue: number | undefined,
  leastOfNegative: number | undefined,
): void {
  if (!Number.isFinite(upper[index]) || !Number.isFinite(lower[index])) return;
  const [least, most] = [leastOfValue ?? -Infinity, -(leastOfNegative ?? -Infinity)];
  if (Number.isFinite(least)) lower[index] = Math.max(lower[index] ?? -Infinity, least);
  if (Number.isFinite(most)) upper[index] = Math.min(upper[index] ?? Infinity, most);
}

/** Whether every element is tighter on both sides by more than rounding could make of it. */
export const isClearlyInside = ({ lower, upper }: Bounds, outer: Bounds): boolean =>
  lower.every((low, at) => {
    const [least, most] = [outer.lower[at] ?? Number.NaN, outer.upper[at] ?? Number.NaN];
    const noise = (most - least) / 1024;
    return low - least > noise && most - (upper[at] ?? Number.NaN) > noise;
  });

/** Of a value's size. What float32 programs round in a layer of 256 terms makes bounds wider by about 2^-15 of it. */
const narrowShare = 2 ** -11;

/** Whether half of the elements that are not known exactly are known to this share of their size. */
export function isNarrow({ lower, upper }: Bounds): boolean {
  const shares: number[] = [];
  lower.forEach((least, at) => {
    const most = upper[at] ?? Infinity;
    const width = most - least;
    if (width > 0 && Number.isFinite(width)) shares.push(width / Math.max(Math.abs(least), Math.abs(most)));
  });
  const narrow = shares.filter((share) => share < narrowShare);
  return 2 * narrow.length > shares.length;
}

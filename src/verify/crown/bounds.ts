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

// Quantiles of what was measured. Runs that ended without an answer count as Infinity.

/**
 * Hyndman and Fan 1996, type 7, as in R and NumPy: linear between the two neighbouring order statistics.
 * @param values in any order
 * @throws RangeError for no values, and for NaN
 */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0 || values.some(Number.isNaN))
    throw new RangeError('no quantile of nothing, nor of NaN');
  const sorted = Float64Array.from(values).sort();
  const rank = share * (sorted.length - 1);
  const below = sorted[Math.floor(rank)] ?? Number.NaN;
  const above = sorted[Math.ceil(rank)] ?? Number.NaN;
  // Between equal infinities there is nothing to interpolate, and NaN would come of it.
  if (below === above) return below;
  const weight = rank - Math.floor(rank);
  return below + weight * (above - below);
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

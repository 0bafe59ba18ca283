// Ranks of two samples together. Equal values share the mean of their ranks; Infinity (a run that ended without an answer) is equal
// to Infinity and behind everything else.

export type Ranks = {
  /** Of the first sample. */
  readonly rankSum: number;
  /** Sizes of the groups of equal values, where there is more than one value. */
  readonly ties: readonly number[];
};

/** @throws RangeError for an empty sample, and for NaN */
export function ranksOf(a: readonly number[], b: readonly number[]): Ranks {
  if (a.length === 0 || b.length === 0) throw new RangeError('an empty sample has no ranks');
  if ([...a, ...b].some(Number.isNaN)) throw new RangeError('NaN has no rank');
  const all = [...a.map((value) => ({ value, first: true })), ...b.map((value) => ({ value, first: false }))];
  // Not by difference: Infinity - Infinity is NaN.
  all.sort((x, y) => (x.value < y.value ? -1 : Number(x.value > y.value)));
  const ties: number[] = [];
  let rankSum = 0;
  for (let from = 0, to: number; from < all.length; from = to) {
    to = from + 1;
    while (to < all.length && all[to]?.value === all[from]?.value) to++;
    if (to - from > 1) ties.push(to - from);
    // Ranks from + 1 to `to`.
    rankSum += all.slice(from, to).filter(({ first }) => first).length * ((from + 1 + to) / 2);
  }
  return { rankSum, ties };
}

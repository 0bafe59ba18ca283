// Mann and Whitney's rank test (On a Test of Whether One of Two Random Variables is Stochastically Larger than the Other, 1947):
// are the values of two samples drawn from the same distribution? Needs no normality, and takes runs without an answer as ties at the end.
import { erfc } from './erfc.js';
import { ranksOf } from './ranks.js';

export type RankTest = {
  /** Pairs in which the value of the first sample is the greater; equal ones count half. */
  readonly u: number;
  /** Two-sided: the probability of a u at least as far from its mean, were the distributions the same. */
  readonly p: number;
  /** From all arrangements of the ranks, or from the normal approximation. */
  readonly method: 'exact' | 'normal';
};

/** Up to this size of both samples together, all counts of arrangements are below 2^53. */
const greatestExact = 40;

export function mannWhitney(a: readonly number[], b: readonly number[]): RankTest {
  const { rankSum, ties } = ranksOf(a, b);
  const u = rankSum - (a.length * (a.length + 1)) / 2;
  if (ties.length === 0 && a.length + b.length <= greatestExact)
    return { u, p: exactP(u, a.length, b.length), method: 'exact' };
  return { u, p: normalP(u, a.length, b.length, ties), method: 'normal' };
}

function exactP(u: number, m: number, n: number): number {
  const counts = arrangements(m, n);
  const tail = Math.min(u, m * n - u);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const below = counts.slice(0, tail + 1).reduce((sum, count) => sum + count, 0);
  return Math.min(1, (2 * below) / total);
}

/**
 * How many arrangements of m and n values have each u from 0 to mn: the coefficients of the Gaussian binomial
 * coefficient, which is the product over i = 1..m of (1 - q^(n + i)) / (1 - q^i).
 */
export function arrangements(m: number, n: number): number[] {
  const counts = new Array<number>(m * n + 1).fill(0);
  counts[0] = 1;
  const at = (u: number) => counts[u] ?? 0;
  for (let i = 1; i <= m; i++) {
    for (let u = m * n; u >= n + i; u--) counts[u] = at(u) - at(u - n - i);
    for (let u = i; u <= m * n; u++) counts[u] = at(u) + at(u - i);
  }
  return counts;
}

/** With continuity correction, and the variance reduced for ties (Hollander, Wolfe and Chicken, section 4.1). */
function normalP(u: number, m: number, n: number, ties: readonly number[]): number {
  const all = m + n;
  const tied = ties.reduce((sum, size) => sum + size ** 3 - size, 0) / (all * (all - 1));
  const deviation = Math.sqrt(((m * n) / 12) * (all + 1 - tied));
  const distance = Math.max(0, Math.abs(u - (m * n) / 2) - 0.5);
  // All values equal: nothing speaks for a difference.
  return deviation === 0 ? 1 : erfc(distance / deviation / Math.SQRT2);
}

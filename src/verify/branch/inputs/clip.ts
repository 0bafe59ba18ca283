// Domain clipping: a counterexample satisfies every row, and a row is at least its linear lower bound. What part of the box
// has the linear bound above the row's limit cannot hold one (as in Shi et al., arXiv 2405.21063, and DESIGN section 4).
import { roundDown, roundUp } from '../../../base/float32-rounding.js';
import type { Limit } from './limits.js';

/** Each sweep uses what the one before it cut away. */
const sweeps = 3;

/**
 * Shrinks the box in place to what may satisfy all limits, rounded outward.
 * @returns what is left
 */
export function clip(
  lower: Float32Array,
  upper: Float32Array,
  limits: readonly Limit[],
): 'whole' | 'part' | 'nothing' {
  let left: 'whole' | 'part' = 'whole';
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let changed = false;
    for (const limit of limits) {
      const cut = clipBy(limit, lower, upper);
      if (cut === 'empty') return 'nothing';
      changed ||= cut === 'cut';
    }
    if (!changed) break;
    left = 'part';
  }
  return left;
}

type Cut = 'empty' | 'cut' | 'none';

function clipBy({ coefficients, excess }: Limit, lower: Float32Array, upper: Float32Array): Cut {
  let [least, size] = [excess, Math.abs(excess)];
  for (let i = 0; i < lower.length; i++) {
    const product = leastProduct(coefficients[i] ?? 0, lower[i] ?? 0, upper[i] ?? 0);
    least += product;
    size += Math.abs(product);
  }
  if (!Number.isFinite(least)) return 'none';
  // Sums of doubles: one rounding per term on either side, each at most 2^-53 of all terms together.
  const slack = (2 * lower.length + 8) * 2 ** -52 * size;
  if (least > slack) return 'empty';
  let cut: Cut = 'none';
  for (let i = 0; i < lower.length && cut !== 'empty'; i++) {
    const a = coefficients[i] ?? 0;
    const rest = least - leastProduct(a, lower[i] ?? 0, upper[i] ?? 0) - slack;
    if (clipInput(lower, upper, i, a, rest)) cut = (lower[i] ?? 0) > (upper[i] ?? 0) ? 'empty' : 'cut';
  }
  return cut;
}

/** Keeps what satisfies a x_i + rest <= 0. @returns whether the interval became smaller */
function clipInput(lower: Float32Array, upper: Float32Array, i: number, a: number, rest: number): boolean {
  if (a === 0) return false;
  const quotient = -rest / a;
  // The quotient rounds once.
  const outward = Math.abs(quotient) * 2 ** -50;
  const [low, high] = [lower[i] ?? 0, upper[i] ?? 0];
  if (a > 0) upper[i] = Math.min(high, roundUp(quotient + outward));
  else lower[i] = Math.max(low, roundDown(quotient - outward));
  return lower[i] !== low || upper[i] !== high;
}

const leastProduct = (a: number, low: number, high: number): number => (a > 0 ? a * low : a * high);

// Boxes of inputs, and what linear bounds leave of them: where a . x + c is positive, no constraint that it bounds is satisfied.
import { double } from './arithmetic.js';
import type { Bounds, LinearForm } from './bounds.js';

/** The least that the form may be in the box, as it is computed, and what that may be off by. */
function leastIn({ coefficients, constant }: LinearForm, { lower, upper }: Bounds) {
  let [sum, size] = [constant, Math.abs(constant)];
  for (let at = 0; at < coefficients.length; at++) {
    const a = coefficients[at] as number;
    const term = a === 0 ? 0 : a * ((a > 0 ? lower[at] : upper[at]) as number);
    sum += term;
    size += Math.abs(term);
  }
  // Sums, differences and products of doubles, each rounded once.
  return { sum, slack: size * (4 * coefficients.length + 32) * double + 2 ** -900 };
}

/** At most what the form is anywhere in the box; -Infinity where nothing is known. */
export function leastOf(form: LinearForm, box: Bounds): number {
  const { sum, slack } = leastIn(form, box);
  return Number.isFinite(sum - slack) ? sum - slack : -Infinity;
}

/** Each sweep uses what the one before it cut away. */
const sweeps = 3;

/** The part of the box where all linear bounds may be at most 0, rounded outward; undefined where there is none. */
export function clipped(box: Bounds, rows: readonly LinearForm[]): Bounds | undefined {
  const left = { lower: box.lower.slice(), upper: box.upper.slice() };
  for (let sweep = 0; sweep < sweeps; sweep++) for (const row of rows) if (!clip(left, row)) return undefined;
  return left;
}

/** In place; false where nothing is left. */
function clip(box: Bounds, form: LinearForm): boolean {
  const { lower, upper } = box;
  const { sum, slack } = leastIn(form, box);
  if (!Number.isFinite(sum - slack)) return true;
  if (sum - slack > 0) return false;
  for (let at = 0; at < lower.length; at++) {
    const a = form.coefficients[at] ?? 0;
    if (a === 0) continue;
    // a x_at + rest <= 0 for every x that is left. What earlier inputs lost is in `sum` still: less is cut away.
    const rest = sum - a * ((a > 0 ? lower[at] : upper[at]) ?? Number.NaN) - slack;
    const end = -rest / a;
    if (!Number.isFinite(end)) continue;
    const outward = Math.abs(end) * 2 ** -50 + 2 ** -900;
    if (a > 0) upper[at] = Math.min(upper[at] ?? Infinity, end + outward);
    else lower[at] = Math.max(lower[at] ?? -Infinity, end - outward);
    if ((lower[at] ?? 0) > (upper[at] ?? 0)) return false;
  }
  return true;
}

export function halfOf({ lower, upper }: Bounds, input: number, at: number, side: 'left' | 'right'): Bounds {
  const [low, high] = [lower.slice(), upper.slice()];
  if (side === 'left') high[input] = Math.min(high[input] ?? at, at);
  else low[input] = Math.max(low[input] ?? at, at);
  return { lower: low, upper: high };
}

export const isEmpty = ({ lower, upper }: Bounds): boolean =>
  lower.some((low, at) => low > (upper[at] ?? Infinity));

/** A point of it. */
export const middleOf = ({ lower, upper }: Bounds): number[] =>
  Array.from(lower, (low, at) => low / 2 + (upper[at] ?? low) / 2);

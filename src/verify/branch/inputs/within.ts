// The least value of linear bounds where counterexamples can be: in a box, and where linear bounds of rows are at most their limits
// (complete clipping in Zhou et al., arXiv 2512.11087; for one limit at a time the best multiplier is that of a continuous knapsack).
import type { Limit } from './limits.js';

/**
 * Limits that are tried, at most, the last ones: each takes longer than the box alone. ACAS Xu 1_1, property 5, takes 2,508 parts with one,
 * 2,392 with two and 2,386 with four.
 */
const mostLimits = 2;

/** Coefficients are those from `first` on. */
export type Least = (coefficients: Float32Array, first: number, constant: number) => number;

type Sides = { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> };

/**
 * Lower bounds of coefficients . x + constant for every x of the box that satisfies the limits, less than it by what sums of doubles may
 * be off by, here and in any part of the box; -Infinity where nothing is known.
 */
export function leastWithin(
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
  limits: readonly Limit[],
): Least {
  const sides = { low: Float64Array.from(lower), high: Float64Array.from(upper) };
  const least = leastOfSums(sides);
  const multiplierOf = multipliers(sides);
  const recent = limits.filter((limit) => isLimiting(sides, limit)).slice(-mostLimits);
  return (coefficients, first, constant) => {
    let best = least.alone(coefficients, first, constant);
    if (!Number.isFinite(best)) return -Infinity;
    for (const limit of recent) {
      const multiplier = multiplierOf(coefficients, first, limit);
      const found =
        multiplier > 0 ? least.within(coefficients, first, constant, limit, multiplier) : -Infinity;
      if (found > best && found < Infinity) best = found;
    }
    return best;
  };
}

/** Whether a limit leaves out some of the box. */
export function isLimiting({ low, high }: Sides, { coefficients, excess }: Limit): boolean {
  let most = excess;
  coefficients.forEach((a, i) => {
    most += a * ((a > 0 ? high[i] : low[i]) ?? 0);
  });
  return most > 0 && most < Infinity;
}

/** Of coefficients . x + constant + multiplier (limit . x + excess), which is no more than the first two where the limit is satisfied. */
function leastOfSums({ low, high }: Sides) {
  const inputs = low.length;
  const greatest = Float64Array.from(low, (value, i) => Math.max(Math.abs(value), Math.abs(high[i] ?? 0)));
  const rounding = (8 * inputs + 32) * 2 ** -52;
  const alone = (coefficients: Float32Array, first: number, constant: number) => {
    let sum = constant;
    let size = Math.abs(constant);
    for (let i = 0; i < inputs; i++) {
      const a = coefficients[first + i] ?? 0;
      sum += a * ((a > 0 ? low[i] : high[i]) ?? 0);
      size += Math.abs(a) * (greatest[i] ?? 0);
    }
    return sum - rounding * size;
  };
  const within = (
    coefficients: Float32Array,
    first: number,
    constant: number,
    limit: Limit,
    multiplier: number,
  ) => {
    const excess = multiplier * limit.excess;
    let sum = constant + excess;
    let size = Math.abs(constant) + Math.abs(excess);
    for (let i = 0; i < inputs; i++) {
      const own = coefficients[first + i] ?? 0;
      const other = multiplier * (limit.coefficients[i] ?? 0);
      const a = own + other;
      sum += a * ((a > 0 ? low[i] : high[i]) ?? 0);
      size += (Math.abs(own) + Math.abs(other)) * (greatest[i] ?? 0);
    }
    return sum - rounding * size;
  };
  return { alone, within };
}

/**
 * The multiplier with the greatest sum, about: from the corner where the form is least inputs move to their other ends, those first that
 * cost least, until the limit is satisfied. What the last one costs per unit is the multiplier; 0 where none has to move.
 */
function multipliers(sides: Sides) {
  const { low, high } = sides;
  const order = new Int32Array(low.length);
  const costs = new Float64Array(low.length);
  return (coefficients: Float32Array, first: number, limit: Limit): number => {
    let excess = excessAtLeast(sides, coefficients, first, limit);
    if (!(excess > 0)) return 0;
    const count = sortMoves(coefficients, first, limit, order, costs);
    let multiplier = 0;
    for (let at = 0; at < count && excess > 0; at++) {
      const i = order[at] ?? 0;
      multiplier = costs[i] ?? 0;
      excess -= Math.abs(limit.coefficients[i] ?? 0) * ((high[i] ?? 0) - (low[i] ?? 0));
    }
    return multiplier;
  };
}

/** limit . x + excess where the form is least. */
function excessAtLeast({ low, high }: Sides, form: Float32Array, first: number, limit: Limit): number {
  let { excess } = limit;
  for (let i = 0; i < low.length; i++) {
    const own = form[first + i] ?? 0;
    const other = limit.coefficients[i] ?? 0;
    excess += other * (((own || other) > 0 ? low[i] : high[i]) ?? 0);
  }
  return excess;
}

/** Inputs whose move raises the form and lowers the limit's, the cheapest first, into `order`. @returns how many */
function sortMoves(
  form: Float32Array,
  first: number,
  { coefficients }: Limit,
  order: Int32Array,
  costs: Float64Array,
): number {
  let count = 0;
  for (let i = 0; i < coefficients.length; i++) {
    const cost = -(form[first + i] ?? 0) / (coefficients[i] ?? 0);
    if (!(cost > 0 && cost < Infinity)) continue;
    costs[i] = cost;
    let place = count++;
    for (; place > 0 && (costs[order[place - 1] ?? 0] ?? 0) > cost; place--)
      order[place] = order[place - 1] ?? 0;
    order[place] = i;
  }
  return count;
}

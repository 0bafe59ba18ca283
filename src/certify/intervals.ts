// Interval bounds of every step over a box, and the greatest error of every affine step there. Bounds hold for the deployed values.
import {
  type Deployed,
  double,
  gamma,
  inflation,
  ownUnderflow,
  reachOf,
  safeMagnitude,
} from './arithmetic.js';
import { longest } from './matrix.js';
import type { Affine, Network } from './network.js';

export type Bounds = { readonly lower: Float64Array; readonly upper: Float64Array };

/** What is known of all steps over one box. */
export type Known = {
  readonly bounds: Bounds[];
  /** Of affine steps: by how much a deployed element, and coefficients carried back through it, may be off for a coefficient of 1. */
  readonly errors: Float64Array[];
  /** Linear bounds over the box of what rectifiers read, by step and element: of the element and of its negative. */
  readonly forms?: ReadonlyMap<number, ReadonlyMap<number, readonly [LinearForm, LinearForm]>>;
};

/** At least coefficients . x + constant. */
export type LinearForm = { readonly coefficients: Float64Array; readonly constant: number };

/** What does not depend on the box. */
export type Rates = {
  /** Relative to |W| |x| + |b|. */
  readonly relative: number;
  /** By underflow, of every element. */
  readonly absolute: Float64Array;
  /** |W| |x| + |b| below this rules out overflow. */
  readonly limit: number;
};

export function ratesOf(network: Network, deployed: Deployed): (Rates | undefined)[] {
  return network.steps.map((step) => {
    if (step.kind !== 'affine') return undefined;
    const lengths = step.parts.map(({ matrix }) => longest(matrix));
    const terms = lengths.reduce((sum, { row, column }) => sum + row + column, 0);
    // Forward: midpoints, radii, their products and sums. Backward: a W, and a . bias. Merged weights and biases are rounded, too.
    const own = 4 * gamma(terms + step.roundings + 32, double);
    const late = step.parts.flatMap(({ source }) => {
      const before = network.steps[source];
      return before?.kind === 'affine' && before.late !== undefined ? [before.late[0]] : [];
    });
    return {
      relative: (deployed.relative(step.roundings) + own) * inflation,
      absolute: step.underflows.map((count) => deployed.underflow(count) * inflation + ownUnderflow),
      limit: safeMagnitude * Math.min(1, ...late),
    };
  });
}

/**
 * Bounds of an affine step from those of its sources, and its errors; both infinite where it may overflow.
 * @param errors written
 */
export function affineBounds(
  step: Affine,
  rates: Rates,
  known: readonly Bounds[],
  errors: Float64Array,
): Bounds {
  const { size, bias, magnitude } = step;
  const center = Float64Array.from(bias);
  const radius = new Float64Array(size);
  const reach = Float64Array.from(magnitude);
  for (const part of step.parts) addPart(part, step.folding, known[part.source], center, radius, reach);
  const [lower, upper] = [new Float64Array(size), new Float64Array(size)];
  for (let at = 0; at < size; at++) {
    const total = (reach[at] ?? Infinity) * inflation;
    const isSafe = total < rates.limit;
    const error = isSafe ? (rates.relative * total + (rates.absolute[at] ?? Infinity)) * inflation : Infinity;
    const spread = (radius[at] ?? Infinity) + error;
    errors[at] = error;
    lower[at] = isSafe ? (center[at] ?? 0) - spread : -Infinity;
    upper[at] = isSafe ? (center[at] ?? 0) + spread : Infinity;
  }
  return { lower, upper };
}

function addPart(
  { matrix }: Affine['parts'][number],
  folding: number,
  source: Bounds | undefined,
  center: Float64Array,
  radius: Float64Array,
  reach: Float64Array,
): void {
  if (source === undefined) throw new RangeError('a step before its source');
  const { starts, indices, weights } = matrix;
  const { lower, upper } = source;
  const middles = lower.map((low, at) => low / 2 + (upper[at] ?? 0) / 2);
  // Rounded up by what the subtraction may lose; the midpoint's own rounding is in both differences.
  const radii = middles.map((mid, at) => Math.max((upper[at] ?? 0) - mid, mid - (lower[at] ?? 0)));
  const reaches = lower.map((low, at) => reachOf(low, upper[at] ?? 0));
  for (let row = 0; row < matrix.rows; row++) {
    let [sum, spread, size] = [0, 0, 0];
    for (let at = starts[row] ?? 0, end = starts[row + 1] ?? 0; at < end; at++) {
      const [w, column] = [weights[at] as number, indices[at] as number];
      const positive = w < 0 ? -w : w;
      sum += w * (middles[column] as number);
      spread += positive * (radii[column] as number);
      size += (positive + folding) * (reaches[column] as number);
    }
    center[row] = (center[row] ?? 0) + sum;
    radius[row] = (radius[row] ?? 0) + spread;
    reach[row] = (reach[row] ?? 0) + size;
  }
}

/** max(x, 0): exact. */
export const reluBounds = ({ lower, upper }: Bounds): Bounds => ({
  lower: lower.map((low) => Math.max(low, 0)),
  upper: upper.map((high) => Math.max(high, 0)),
});

/** Both hold; NaN says nothing. */
export function intersected(a: Bounds, b: Bounds): Bounds {
  return {
    lower: a.lower.map((low, at) => ((b.lower[at] ?? -Infinity) > low ? (b.lower[at] ?? low) : low)),
    upper: a.upper.map((high, at) => ((b.upper[at] ?? Infinity) < high ? (b.upper[at] ?? high) : high)),
  };
}

// Interval bounds of every step over a box, and the greatest error of every step there. Bounds hold for the deployed values.
import type { Arithmetic } from '../findings/verdict.js';
import {
  type Deployed,
  deployedIn,
  double,
  gamma,
  inflation,
  ownUnderflow,
  reachOf,
  safeMagnitude,
} from './arithmetic.js';
import { longest } from './matrix.js';
import type { Affine, Curved, Network, Operand } from './network.js';

export type Bounds = { readonly lower: Float64Array; readonly upper: Float64Array };

/** At least coefficients . x + constant. */
export type LinearForm = { readonly coefficients: Float64Array; readonly constant: number };

/** What is known of all steps over one box. */
export type Known = {
  readonly bounds: Bounds[];
  /** By how much a deployed element, and coefficients carried back through it, may be off for a coefficient of 1. */
  readonly errors: Float64Array[];
  /** Linear bounds over the box of what curves read, by step and element: of the element and of its negative. */
  readonly forms?: ReadonlyMap<number, ReadonlyMap<number, readonly [LinearForm, LinearForm]>>;
};

/** Of an affine step, whatever the box. */
type Rates = {
  /** Relative to |W| |x| + |b|. */
  readonly relative: number;
  /** By underflow, of every element. */
  readonly absolute: Float64Array;
  /** |W| |x| + |b| below this rules out overflow. */
  readonly limit: number;
};

/** A network in some arithmetic. */
export type Bounded = {
  readonly network: Network;
  readonly deployed: Deployed;
  readonly rates: readonly (Rates | undefined)[];
};

export function boundedIn(network: Network, arithmetic: Arithmetic): Bounded {
  const deployed = deployedIn(arithmetic);
  const rates = network.steps.map((step) => {
    if (step.kind !== 'affine') return undefined;
    const terms = step.parts.reduce((sum, { matrix }) => sum + longest(matrix), 0);
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
  return { network, deployed, rates };
}

/** Of a step from those of its sources, with its errors; both infinite where it may overflow. */
export function forward(
  { network, deployed, rates }: Bounded,
  at: number,
  known: readonly Bounds[],
): Bounds & { readonly errors: Float64Array } {
  const step = network.steps[at];
  const own = rates[at];
  if (step?.kind === 'curve') return curveBounds(step, deployed, boundsAt(known, step.source));
  if (step?.kind !== 'affine' || own === undefined) throw new RangeError(`no step ${at}`);
  const found = affineBounds(step, own, known);
  return step.among === undefined
    ? found
    : { ...found, ...intersected(found, extremesOf(step.among, known)) };
}

export function boundsAt(known: readonly Bounds[], step: number): Bounds {
  const found = known[step];
  if (found === undefined) throw new RangeError('a step before its source');
  return found;
}

function curveBounds({ size, curve }: Curved, deployed: Deployed, { lower, upper }: Bounds) {
  const found = emptyOf(size);
  const [relative, absolute] = [deployed.kernel(curve.relative), deployed.kernel(curve.absolute)];
  for (let at = 0; at < size; at++) {
    const [low, high] = curve.range([lower[at] as number, upper[at] as number], at);
    const error = (relative * reachOf(low, high) + absolute) * inflation;
    found.errors[at] = error;
    found.lower[at] = low - error;
    found.upper[at] = high + error;
  }
  return found;
}

const emptyOf = (size: number) => ({
  lower: new Float64Array(size),
  upper: new Float64Array(size),
  errors: new Float64Array(size),
});

function affineBounds(step: Affine, rates: Rates, known: readonly Bounds[]) {
  const { size, bias, magnitude } = step;
  const center = Float64Array.from(bias);
  const radius = new Float64Array(size);
  const reach = Float64Array.from(magnitude);
  for (const part of step.parts)
    addPart(part, step.folding, boundsAt(known, part.source), center, radius, reach);
  const found = emptyOf(size);
  for (let at = 0; at < size; at++) {
    const total = (reach[at] as number) * inflation;
    const isSafe = total < rates.limit;
    const error = isSafe ? (rates.relative * total + (rates.absolute[at] as number)) * inflation : Infinity;
    const spread = (radius[at] as number) + error;
    found.errors[at] = error;
    found.lower[at] = isSafe ? (center[at] as number) - spread : -Infinity;
    found.upper[at] = isSafe ? (center[at] as number) + spread : Infinity;
  }
  return found;
}

function addPart(
  { matrix }: Affine['parts'][number],
  folding: number,
  { lower, upper }: Bounds,
  center: Float64Array,
  radius: Float64Array,
  reach: Float64Array,
): void {
  const { starts, indices, weights } = matrix;
  const middles = lower.map((low, at) => low / 2 + (upper[at] as number) / 2);
  // Rounded up by what the subtraction may lose; the midpoint's own rounding is in both differences.
  const radii = middles.map((mid, at) => Math.max((upper[at] as number) - mid, mid - (lower[at] as number)));
  const reaches = lower.map((low, at) => reachOf(low, upper[at] as number));
  for (let row = 0; row < matrix.rows; row++) {
    let [sum, spread, size] = [0, 0, 0];
    for (let at = starts[row] as number, end = starts[row + 1] as number; at < end; at++) {
      const [w, column] = [weights[at] as number, indices[at] as number];
      const positive = w < 0 ? -w : w;
      sum += w * (middles[column] as number);
      spread += positive * (radii[column] as number);
      size += (positive + folding) * (reaches[column] as number);
    }
    center[row] = (center[row] as number) + sum;
    radius[row] = (radius[row] as number) + spread;
    reach[row] = (reach[row] as number) + size;
  }
}

/** The greatest of the ends, or the least. */
function extremesOf({ which, of }: NonNullable<Affine['among']>, known: readonly Bounds[]): Bounds {
  const ends = (side: 'lower' | 'upper'): Float64Array =>
    of
      .map((operand) => endsOf(operand, side, known))
      .reduce((so, own) => so.map((value, at) => Math[which](value, own[at] as number)));
  return { lower: ends('lower'), upper: ends('upper') };
}

const endsOf = (operand: Operand, side: 'lower' | 'upper', known: readonly Bounds[]): Float64Array =>
  operand instanceof Float64Array
    ? operand
    : Float64Array.from(operand.from, (at) =>
        at < 0 ? 0 : (boundsAt(known, operand.step)[side][at] as number),
      );

/** Both hold; NaN says nothing. */
export function intersected(a: Bounds, b: Bounds): Bounds {
  return {
    lower: a.lower.map((low, at) => ((b.lower[at] ?? -Infinity) > low ? (b.lower[at] ?? low) : low)),
    upper: a.upper.map((high, at) => ((b.upper[at] ?? Infinity) < high ? (b.upper[at] ?? high) : high)),
  };
}

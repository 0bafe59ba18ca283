// Relaxations of element-wise functions: a line, or a plane over several inputs, below the function and one above it.
import { sameDims } from '../program/dims.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import type { Interval } from './interval.js';
import type { RelaxContext } from './operator.js';
import type { Lines, Relaxation } from './relaxation.js';
import type { Rounding } from './rounding.js';

/** slope * z + offset; both broadcast to the function's value. */
export type Line = { readonly slope: Value; readonly offset: Value };

/** One input's slopes in the lower and the upper plane; they broadcast to y. */
export type Slopes = { readonly input: number; readonly lower: Value; readonly upper: Value };

/**
 * Relaxation of a function of one input. `lower` and `upper` must bound the deployed function on [l, u] for exactly the numbers
 * that the program has as slopes and offsets: compute the slope first, then an offset that holds for it, moved outward by
 * what its own computation rounds (`raised`, `lowered`).
 */
export const betweenLines = (context: RelaxContext, lower: Line, upper: Line, input = 0): Relaxation =>
  betweenPlanes(context, [{ input, lower: lower.slope, upper: upper.slope }], lower.offset, upper.offset);

/**
 * Relaxation of an element-wise function of several inputs (they broadcast to y):
 * sum lower_i z_i + lowerOffset <= y <= sum upper_i z_i + upperOffset.
 * With m, d half the sum and difference of lower and upper: a y >= (a m + |a| d) z + ...
 */
export function betweenPlanes(
  context: RelaxContext,
  slopes: readonly Slopes[],
  lowerOffset: Value,
  upperOffset: Value,
): Relaxation {
  const { p, rounding } = context;
  const middles = slopes.map(({ input, lower, upper }) => ({
    input,
    // Halved first, so that the sum does not overflow. Each rounds once.
    middle: p.add(p.mul(lower, 0.5), p.mul(upper, 0.5)),
    half: p.sub(p.mul(lower, 0.5), p.mul(upper, 0.5)),
  }));
  const offset = p.add(p.mul(lowerOffset, 0.5), p.mul(upperOffset, 0.5));
  const spread = p.sub(p.mul(upperOffset, 0.5), p.mul(lowerOffset, 0.5));
  // The gap may be negative where the lines cross outside [l, u]: it is the distance of the lines at z = 0.
  const rounded = p.mul(p.add(p.abs(lowerOffset), p.abs(upperOffset)), rounding.program(4));
  const errors = middles.map(({ input, middle, half }) =>
    p.mul(
      p.mul(p.add(p.abs(middle), p.abs(half)), greatestMagnitude(p, context.input(input))),
      // m and d (1 each), a m, |a| d, their sum, and sums over broadcast axes.
      rounding.program(8 + broadcastTerms(context, input)),
    ),
  );
  const gap = errors.reduce((sum, error) => p.add(sum, error), p.add(spread, rounded));
  return {
    lines: linesOf(context, slopes, lowerOffset, upperOffset),
    offset,
    gap: inflated(p, rounding, gap, errors.length + 2),
    parts: middles.map(({ input, middle, half }) => ({
      input,
      operations: 3 * broadcastTerms(context, input) + 3,
      back: (a, magnitude) =>
        summed(p, p.add(p.mul(a, middle), p.mul(magnitude, half)), context.input(input).lower),
    })),
  };
}

/** Undefined for several inputs, or one that is broadcast. */
function linesOf(
  context: RelaxContext,
  [slope, ...others]: readonly Slopes[],
  lowerOffset: Value,
  upperOffset: Value,
): Lines | undefined {
  if (slope === undefined || others.length > 0) return undefined;
  const { shape } = context.input(slope.input).lower;
  return sameDims(shape, context.bounds.lower.shape) ? { ...slope, lowerOffset, upperOffset } : undefined;
}

/** max(|l|, |u|). */
export function greatestMagnitude(p: Program, { lower, upper }: Interval): Value {
  const isNeverBelowZero = lower.primitive === 'relu' && upper.primitive === 'relu';
  return isNeverBelowZero ? p.max(lower, upper) : p.max(p.abs(lower), p.abs(upper));
}

/** Moves an upper offset up by k roundings of `scale` >= every |term| that was summed, and by underflow. */
export const raised = (p: Program, rounding: Rounding, offset: Value, scale: Value, k: number): Value =>
  p.add(offset, slackOf(p, rounding, offset, scale, k));
/** As raised, downward. */
export const lowered = (p: Program, rounding: Rounding, offset: Value, scale: Value, k: number): Value =>
  p.sub(offset, slackOf(p, rounding, offset, scale, k));

const slackOf = (p: Program, rounding: Rounding, offset: Value, scale: Value, k: number): Value =>
  p.add(
    p.mul(p.add(p.abs(offset), scale), rounding.program(k + 4)),
    // Only the program's own: what the deployed network loses is the operator's affair.
    (k + 4) * rounding.ownUnderflow,
  );

/** What a sum of terms loses by its own rounding: a few units of |gap|. */
const inflated = (p: Program, rounding: Rounding, gap: Value, terms: number): Value =>
  p.add(gap, p.mul(p.abs(gap), rounding.program(2 * terms + 4)));

/** How many elements of y one element of the input is broadcast to. */
export function broadcastTerms(context: RelaxContext, input: number): number {
  const size = (dims: readonly (number | string)[]) => dims.reduce<number>((n, dim) => n * Number(dim), 1);
  return Math.max(size(context.bounds.lower.shape) / size(context.input(input).lower.shape), 1);
}

/** Coefficients [rows, ...y] summed over the axes along which the input [...z] is broadcast. */
function summed(p: Program, coefficients: Value, input: Value): Value {
  const [rows = 1, ...y] = coefficients.shape;
  const added = y.length - input.shape.length;
  const aligned = [rows, ...y.map((_, axis) => (axis < added ? 1 : (input.shape[axis - added] ?? 1)))];
  return p.reshape(p.sumTo(coefficients, aligned), [rows, ...input.shape]);
}

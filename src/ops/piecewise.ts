// Bounds of functions of one input that are linear but for a few knots: extremes are at knots and at the ends of the box.
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import type { Interval } from './interval.js';
import { betweenLines, type Line, lowered, raised } from './lines.js';
import type { RelaxContext } from './operator.js';
import type { Relaxation } from './relaxation.js';

/** A point of a function's graph; y is computed by at most two roundings. */
export type Point = { readonly x: Value; readonly y: Value };

/** What lines through computed points must leave room for. */
export type Room = {
  /** Greatest |deployed - true| on the box; undefined where the deployed node does not round. */
  readonly error?: Value | undefined;
  /** >= every |term| behind y, where y is a sum, and behind knots that are computed, times the function's slope. */
  readonly magnitude?: Value | number | undefined;
};

/** Least and greatest of some values. */
export const extremes = (p: Program, [first, ...rest]: readonly [Value, ...Value[]]): Interval => ({
  lower: rest.reduce((least, value) => p.min(least, value), first),
  upper: rest.reduce((most, value) => p.max(most, value), first),
});

/** The knot moved into the box. */
export const within = (p: Program, { lower, upper }: Interval, knot: Value | number): Value =>
  p.min(p.max(lower, knot), upper);

/** Points of f at the ends of the box and at its knots, as far as they are inside. */
export const pointsOf = (
  p: Program,
  x: Interval,
  f: (z: Value) => Value,
  knots: readonly (Value | number)[],
): readonly Point[] =>
  [x.lower, ...knots.map((knot) => within(p, x, knot)), x.upper].map((z) => ({ x: z, y: f(z) }));

/** (f(u) - f(l)) / (u - l) between two numbers; any number where the box is a point. */
export function chord(
  p: Program,
  x: Interval,
  f: (z: Value) => Value,
  [least, most]: readonly [Value, Value],
) {
  const width = p.sub(x.upper, x.lower);
  const slope = p.div(p.sub(f(x.upper), f(x.lower)), p.where(p.greater(width, 0), width, 1));
  return p.min(p.max(slope, least), most);
}

/** The lowest line of this slope above the points, and above what the deployed node makes of them. */
export function lineAbove(context: RelaxContext, slope: Value, points: readonly Point[], room: Room): Line {
  const { p } = context;
  const offsets = points.map((point) => offsetOf(context, slope, point, room, raised));
  return { slope, offset: withError(context, p.add, greatest(p, offsets), room) };
}

/** The highest line of this slope below the points. */
export function lineBelow(context: RelaxContext, slope: Value, points: readonly Point[], room: Room): Line {
  const { p } = context;
  const offsets = points.map((point) => offsetOf(context, slope, point, room, lowered));
  return { slope, offset: withError(context, p.sub, p.neg(greatest(p, offsets.map(p.neg))), room) };
}

const greatest = (p: Program, values: readonly Value[]): Value =>
  values.reduce((most, value) => p.max(most, value));

/** y - slope x, moved outward by its roundings: two of y, one each of the product, the difference and the error. */
function offsetOf(
  { p, rounding }: RelaxContext,
  slope: Value,
  { x, y }: Point,
  { magnitude = 0 }: Room,
  outward: typeof raised,
): Value {
  const product = p.mul(slope, x);
  const scale = p.add(p.add(p.abs(y), p.abs(product)), magnitude);
  return outward(p, rounding, p.sub(y, product), scale, 5);
}

const withError = (
  { p, rounding }: RelaxContext,
  outward: (a: Value, b: Value) => Value,
  offset: Value,
  { error }: Room,
): Value => (error === undefined ? offset : outward(offset, p.mul(error, 1 + 8 * rounding.own)));

/**
 * x where x >= 0, slope x elsewhere. Convex for slopes up to 1: above it the chord, below it the line through 0 that leaves the
 * smaller area (Zhang et al. 2018, section 3.2); the other way round beyond 1.
 */
export function kinkedLines(context: RelaxContext, slope: Value, error?: Value): Relaxation {
  const { p, rounding, steepFrom = 1 } = context;
  const x = context.input(0);
  const f = (z: Value) => p.where(p.less(z, 0), p.mul(z, slope), z);
  const across = chord(p, x, f, [p.min(slope, 1), p.max(slope, 1)]);
  const touching = p.where(
    p.greater(x.upper, p.mul(x.lower, -steepFrom)),
    p.scalar(rounding.dtype, 1),
    slope,
  );
  const convex = p.lessOrEqual(slope, 1);
  const [positive, negative] = [p.greaterOrEqual(x.lower, 0), p.lessOrEqual(x.upper, 0)];
  const piece = (general: Value) => p.where(positive, 1, p.where(negative, slope, general));
  const points = pointsOf(p, x, f, [0]);
  const below = lineBelow(context, piece(p.where(convex, touching, across)), points, { error });
  const above = lineAbove(context, piece(p.where(convex, across, touching)), points, { error });
  // On one piece the slope is that of the function itself, so that only the deployed product rounds.
  const exact = (general: Value, rounded: Value) => p.where(positive, 0, p.where(negative, rounded, general));
  const gap = error ?? p.scalar(rounding.dtype, 0);
  return betweenLines(
    context,
    { ...below, offset: exact(below.offset, p.neg(gap)) },
    { ...above, offset: exact(above.offset, gap) },
  );
}

/** Constant below the knot `low`, constant above `high`, rising between them with a slope > 0. */
export type Ramp = {
  readonly f: (z: Value) => Value;
  readonly slope: Value;
  readonly low: Value;
  readonly high: Value;
};

/**
 * Above a ramp: the chord where the upper knot is not passed, else the line from the lower end through the upper knot, or a level
 * one where that leaves the smaller area. Below it: the same, turned around.
 */
export function rampLines(context: RelaxContext, { f, slope, low, high }: Ramp, room: Room): Relaxation {
  const { p, rounding } = context;
  const x = context.input(0);
  const zero = p.scalar(rounding.dtype, 0);
  const across = chord(p, x, f, [zero, slope]);
  const [beforeHigh, afterLow] = [p.lessOrEqual(x.upper, high), p.greaterOrEqual(x.lower, low)];
  const through = (from: Value, to: Value) => chord(p, { lower: from, upper: to }, f, [zero, slope]);
  const rising = p.greater(p.sub(high, x.lower), p.sub(x.upper, high));
  const falling = p.greater(p.sub(x.upper, low), p.sub(low, x.lower));
  const between = p.and(beforeHigh, afterLow);
  const upper = p.where(beforeHigh, across, p.where(rising, through(x.lower, high), zero));
  const lower = p.where(afterLow, across, p.where(falling, through(low, x.upper), zero));
  const points = pointsOf(p, x, f, [low, high]);
  return betweenLines(
    context,
    lineBelow(context, p.where(between, slope, lower), points, room),
    lineAbove(context, p.where(between, slope, upper), points, room),
  );
}

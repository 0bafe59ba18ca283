// Planes below and above products and reciprocals of bounded values (McCormick, Mathematical Programming 10, 1976).

import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import { type Interval, isPoint } from './interval.js';
import { greatestMagnitude, type Line, lowered, raised } from './lines.js';
import { chosenOr, type RelaxContext } from './operator.js';
import type { Rounding } from './rounding.js';

/** a * slopeA + b * slopeB + offset. */
export type Plane = { readonly a: Value; readonly b: Value; readonly offset: Value };

/** u / (u - l) in [0, 1]: how far 0 is from the upper end. */
function shareAbove(p: Program, { lower, upper }: Interval): Value {
  const width = p.sub(upper, lower);
  const share = p.min(p.max(p.div(upper, p.where(p.greater(width, 0), width, 1)), 0), 1);
  return p.where(p.greater(width, 0), share, 0.5);
}

/** t x + (1 - t) y. */
const mixed = (p: Program, t: Value, x: Value, y: Value): Value => p.add(p.mul(t, x), p.mul(p.sub(1, t), y));

/**
 * Planes below and above the real product a b on the box. Every mixture t of McCormick's two planes is as close on average;
 * between t = u_b / (u_b - l_b) and t = u_a / (u_a - l_a), cut off at 0 and 1, none of its corners is worse than the interval.
 * Offsets hold for the slopes as computed: a bilinear function less a plane is least and greatest at a corner.
 */
export function productPlanes(
  context: RelaxContext,
  a: Interval,
  b: Interval,
): { readonly lower: Plane; readonly upper: Plane } {
  const { p, rounding } = context;
  const [shareA, shareB] = [shareAbove(p, a), shareAbove(p, b)];
  const below = chosenOr(context, 'below', p.mul(p.add(shareA, shareB), 0.5), 1, [0, 1]);
  const above = chosenOr(context, 'above', p.mul(p.add(p.sub(1, shareA), shareB), 0.5), 1, [0, 1]);
  const slopes = (t: Value, atLower: Value, atUpper: Value) => ({
    a: isPoint(a) ? p.mul(t, 0) : mixed(p, t, b.lower, b.upper),
    b: isPoint(b) ? p.mul(t, 0) : mixed(p, t, atLower, atUpper),
  });
  const [low, high] = [slopes(below, a.lower, a.upper), slopes(above, a.upper, a.lower)];
  const [least, most] = [
    cornersLess(p, a, b, low).reduce((one, other) => p.min(one, other)),
    cornersLess(p, a, b, high).reduce((one, other) => p.max(one, other)),
  ];
  return {
    lower: { ...low, offset: lowered(p, rounding, least, sizeOf(p, a, b, low), 4) },
    upper: { ...high, offset: raised(p, rounding, most, sizeOf(p, a, b, high), 4) },
  };
}

type Pair = { readonly a: Value; readonly b: Value };

/** a b less the plane through 0, at the four corners. */
const cornersLess = (p: Program, a: Interval, b: Interval, slopes: Pair): Value[] =>
  [a.lower, a.upper].flatMap((x) =>
    [b.lower, b.upper].map((y) => p.sub(p.sub(p.mul(x, y), p.mul(slopes.a, x)), p.mul(slopes.b, y))),
  );

/** At least the sum of the magnitudes that `cornersLess` adds up. */
function sizeOf(p: Program, a: Interval, b: Interval, slopes: Pair): Value {
  const [sizeA, sizeB] = [greatestMagnitude(p, a), greatestMagnitude(p, b)];
  const planes = p.add(p.mul(p.abs(slopes.a), sizeA), p.mul(p.abs(slopes.b), sizeB));
  return p.add(p.mul(sizeA, sizeB), planes);
}

/**
 * Lines below and above x^2. Above: the chord, of the slope l + u. Below: the tangent at the middle, moved towards 0 so that it
 * is nowhere negative.
 */
export function squareLines(context: RelaxContext, x: Interval): { lower: Line; upper: Line } {
  const { p, rounding } = context;
  const { lower: l, upper: u } = x;
  const middle = p.add(p.mul(l, 0.5), p.mul(u, 0.5));
  const initial = p.max(p.min(middle, p.max(p.mul(l, 2), 0)), p.min(p.mul(u, 2), 0));
  const touching = chosenOr(context, 'below', initial, p.sub(u, l), [l, u]);
  const slope = p.add(l, u);
  const size = greatestMagnitude(p, x);
  const above = (at: Value) => p.sub(p.mul(at, at), p.mul(slope, at));
  const scale = p.mul(p.mul(size, size), 4);
  const square = p.mul(touching, touching);
  return {
    lower: { slope: p.mul(touching, 2), offset: lowered(p, rounding, p.neg(square), square, 2) },
    upper: { slope, offset: raised(p, rounding, p.max(above(l), above(u)), scale, 4) },
  };
}

/**
 * Lines below and above the real 1 / x on one side of 0: the chord, and the tangent at the middle. For every slope k < 0
 * and x > 0: 1 / x >= k x + 2 sqrt(-k).
 */
export function reciprocalLines(p: Program, rounding: Rounding, x: Interval): { lower: Line; upper: Line } {
  const { lower: l, upper: u } = x;
  const [atLower, atUpper] = [p.reciprocal(l), p.reciprocal(u)];
  const chord = p.neg(p.mul(atLower, atUpper));
  const offsets = [p.sub(atLower, p.mul(chord, l)), p.sub(atUpper, p.mul(chord, u))] as const;
  const size = p.add(p.max(p.abs(atLower), p.abs(atUpper)), p.mul(p.abs(chord), greatestMagnitude(p, x)));
  const steepness = p.reciprocal(p.add(p.mul(l, 0.5), p.mul(u, 0.5)));
  const tangent = p.neg(p.mul(steepness, steepness));
  const touching = p.mul(p.sqrt(p.neg(tangent)), 2);
  const positive = p.greater(l, 0);
  const line = (isTangent: Value, touch: Value, across: Value): Line => ({
    slope: p.where(isTangent, tangent, chord),
    offset: p.where(isTangent, touch, across),
  });
  return {
    lower: line(
      positive,
      lowered(p, rounding, touching, touching, 2),
      lowered(p, rounding, p.min(...offsets), size, 4),
    ),
    upper: line(
      p.not(positive),
      raised(p, rounding, p.neg(touching), touching, 2),
      raised(p, rounding, p.max(...offsets), size, 4),
    ),
  };
}

/** Planes of a r, where r is between lines over b: each plane takes the line on the side to which its slope in r points. */
export function throughLines(
  p: Program,
  rounding: Rounding,
  planes: { readonly lower: Plane; readonly upper: Plane },
  lines: { readonly lower: Line; readonly upper: Line },
  b: Interval,
): { readonly lower: Plane; readonly upper: Plane } {
  const compose = (plane: Plane, rising: Line, falling: Line, shift: typeof lowered): Plane => {
    const up = p.greater(plane.b, 0);
    const slope = p.where(up, rising.slope, falling.slope);
    const offset = p.where(up, rising.offset, falling.offset);
    const reach = p.add(p.mul(p.abs(slope), greatestMagnitude(p, b)), p.abs(offset));
    const scale = p.mul(p.add(p.abs(plane.offset), p.mul(p.abs(plane.b), reach)), 2);
    const sum = p.add(plane.offset, p.mul(plane.b, offset));
    return { a: plane.a, b: p.mul(plane.b, slope), offset: shift(p, rounding, sum, scale, 4) };
  };
  return {
    lower: compose(planes.lower, lines.lower, lines.upper, lowered),
    upper: compose(planes.upper, lines.upper, lines.lower, raised),
  };
}

// Slopes of good lines below a function: of a tangent that stays below on all of [l, u], or else of the chord.
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import type { Curve, Piece } from './curve.js';
import type { Interval } from './interval.js';

export type Ends = { readonly from: Value; readonly to: Value };

type End = { readonly at: Value; readonly value: Value };
type Point = End & { readonly slope: Value };

/** The tangent to take in a piece, and where the chord of [l, u] serves better. Nothing depends on it but tightness. */
export function tangentIn(p: Program, curve: Curve, piece: Piece, ends: Ends, x: Interval) {
  const middle = clamped(p, p.add(p.mul(x.lower, 0.5), p.mul(x.upper, 0.5)), ends);
  const isWhole = piece.from === -Infinity && piece.to === Infinity;
  return isWhole ? { at: middle, useChord: undefined } : chosen(p, curve, ends, middle, x);
}

/** 0 on a point. */
export function chord(p: Program, curve: Curve, { lower, upper }: Interval): Value {
  const width = p.sub(upper, lower);
  const rise = p.sub(curve.value(p, upper), curve.value(p, lower));
  return p.where(p.greater(width, 0), p.div(rise, width), 0);
}

export const clamped = (p: Program, at: Value, { from, to }: Ends): Value => p.min(p.max(at, from), to);

const pointAt = (p: Program, curve: Curve, at: Value): Point => ({
  at,
  value: curve.value(p, at),
  slope: curve.slope(p, at),
});

/** How far the tangent is above the function at `end`. */
const excess = (p: Program, { at, value, slope }: Point, end: End): Value =>
  p.sub(p.add(value, p.mul(slope, p.sub(end.at, at))), end.value);

/**
 * The tangent in the middle, as far as the function is convex. Where it is above the function at one end of [l, u], the tangent
 * through that end, which lies between here and the far end of the piece; where even the far one is above, the chord.
 */
function chosen(p: Program, curve: Curve, ends: Ends, middle: Value, x: Interval) {
  const [low, high] = [pointAt(p, curve, x.lower), pointAt(p, curve, x.upper)];
  const first = pointAt(p, curve, middle);
  const aboveHigh = p.greater(excess(p, first, high), 0);
  const aboveLow = p.greater(excess(p, first, low), 0);
  const select = (a: Value, b: Value) => p.where(aboveHigh, a, b);
  const end = { at: select(high.at, low.at), value: select(high.value, low.value) };
  const far = pointAt(p, curve, select(ends.from, ends.to));
  const isAbove = p.or(aboveHigh, aboveLow);
  const isAlwaysAbove = p.or(p.and(aboveHigh, aboveLow), p.greater(excess(p, far, end), 0));
  const useChord = p.and(isAbove, isAlwaysAbove);
  const other = p.where(useChord, far.at, tangentThrough(p, curve, end, far, first));
  return { at: p.where(isAbove, other, middle), useChord };
}

/**
 * Rounds of regula falsi and bisection. The tangent misses the end by less than 0.1 % of the distance between the lines: see
 * test/laws/ops/tangents.test.ts.
 */
const rounds = 5;

/** Root of `excess` between a tangent that is below the function at `end` and one that is above. */
function tangentThrough(p: Program, curve: Curve, end: End, below: Point, above: Point): Value {
  type Side = { readonly at: Value; readonly excess: Value };
  let low: Side = { at: below.at, excess: excess(p, below, end) };
  let high: Side = { at: above.at, excess: excess(p, above, end) };
  const secant = (): Value => {
    const share = p.div(p.neg(low.excess), p.sub(high.excess, low.excess));
    return p.add(low.at, p.mul(p.sub(high.at, low.at), share));
  };
  const narrow = (at: Value): void => {
    const middle = { at, excess: excess(p, pointAt(p, curve, at), end) };
    const isAbove = p.greater(middle.excess, 0);
    const pick = (yes: Side, no: Side): Side => ({
      at: p.where(isAbove, yes.at, no.at),
      excess: p.where(isAbove, yes.excess, no.excess),
    });
    [low, high] = [pick(low, middle), pick(middle, high)];
  };
  for (let round = 0; round < rounds; round++) {
    narrow(secant());
    narrow(p.add(p.mul(low.at, 0.5), p.mul(high.at, 0.5)));
  }
  return secant();
}

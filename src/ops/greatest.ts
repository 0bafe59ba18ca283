// The greatest of several bounded values, related linearly to the one with the greatest lower bound.
import { int64 } from '../base/tensor.js';
import { staticDim } from '../program/dims.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import type { Interval } from './interval.js';
import { betweenLines, greatestMagnitude } from './lines.js';
import { range } from './movement.js';
import type { RelaxContext } from './operator.js';
import type { Relaxation } from './relaxation.js';

/** Values x as [...outer, n], and for each result y [...outer, m] the candidates among them: [...outer, m, k]. */
export type Contest = {
  readonly candidates: Interval;
  /** Places along n, [m, k]. */
  readonly places: readonly (readonly number[])[];
  readonly size: number;
  /** [rows, ...outer, m] from coefficients of y, and [rows, ...x] from those of [rows, ...outer, n]. */
  readonly inward: (coefficients: Value) => Value;
  readonly outward: (coefficients: Value) => Value;
  /** Results that one x may be a candidate for. */
  readonly readers: number;
};

/**
 * y = max x_i. With j the candidate of the greatest lower bound: y >= x_j always; y <= x_j where l_j is at least every other
 * u_i, and else y <= max u_i. All of it is exact; sums of coefficients of one x_j round. For `sign` -1 the same of y = min x_i,
 * seen as -max(-x_i): then `candidates` are those of -x.
 */
export function greatestRelaxation(context: RelaxContext, contest: Contest, sign: 1 | -1): Relaxation {
  const { p, rounding } = context;
  const { lower, upper } = contest.candidates;
  const last = lower.shape.length - 1;
  const count = staticDim(lower.shape, last);
  const chosen = p.argMax(lower, last);
  const isChosen = p.equal(p.constant(int64(range(count))), p.reshape(chosen, [...chosen.shape, 1]));
  const dropped = (value: Value) => p.reshape(value, chosen.shape);
  const own = {
    lower: dropped(p.reduceMax(lower, [last])),
    upper: dropped(p.reduceMax(p.where(isChosen, upper, -Infinity), [last])),
  };
  const others = dropped(p.reduceMax(p.where(isChosen, -Infinity, upper), [last]));
  const dominates = p.greaterOrEqual(own.lower, others);
  const most = p.max(own.upper, others);
  const one = p.scalar(rounding.dtype, 1);
  const zero = p.scalar(rounding.dtype, 0);
  const near = { slope: one, offset: zero };
  const far = { slope: p.where(dominates, one, zero), offset: p.where(dominates, zero, p.mul(most, sign)) };
  const winner = sign === 1 ? own : { lower: p.neg(own.upper), upper: p.neg(own.lower) };
  // Lines between y and the chosen value, in the shape of `chosen`.
  const inner = { ...context, bounds: winner, input: () => winner };
  const lines = sign === 1 ? betweenLines(inner, near, far) : betweenLines(inner, far, near);
  const at = p.gather(p.constant(int64(contest.places.flat())), rowPlaces(p, chosen, count), 0);
  const summed = p.mul(greatestMagnitude(p, winner), rounding.program(2 * contest.readers + 8));
  const shaped = (value: Value | undefined) =>
    value && p.reshape(p.expandLike(value, own.lower), context.bounds.lower.shape);
  return {
    offset: shaped(lines.offset),
    gap: shaped(lines.gap && contest.readers > 1 ? p.add(lines.gap, summed) : lines.gap),
    parts: lines.parts.map((part) => ({
      input: 0,
      operations: part.operations + contest.readers,
      back: (a, magnitude) =>
        contest.outward(
          scattered(p, part.back(contest.inward(a), contest.inward(magnitude)), at, contest.size),
        ),
    })),
  };
}

/** Places in the flattened [m, k] of candidates chosen among k: [...outer, m]. */
const rowPlaces = (p: Program, chosen: Value, count: number): Value => {
  const rows = staticDim(chosen.shape, chosen.shape.length - 1);
  return p.add(chosen, p.constant(int64(range(rows).map((row) => row * count))));
};

/** Coefficients [rows, ...outer, m] added up at places [...outer, m]: [rows, ...outer, size]. */
function scattered(p: Program, coefficients: Value, places: Value, size: number): Value {
  const last = coefficients.shape.length - 1;
  const column = p.slice(coefficients, last, 0, 1);
  const zeros = p.fillLike(p.expand(column, [...column.shape.slice(0, last), size]), 0);
  const repeated = p.expandLike(p.reshape(places, [1, ...places.shape]), coefficients);
  return p.scatterElements(zeros, repeated, coefficients, last);
}

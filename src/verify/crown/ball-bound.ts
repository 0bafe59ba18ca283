// The least value of a linear function over a ball in a box: by Hoelder's inequality, a . (x - center) >= -epsilon |a|, in the dual norm.
import { roundUp } from '../../base/float32-rounding.js';
import type { Interval } from '../../ops/interval.js';
import type { Rounding } from '../../ops/rounding.js';
import type { Ball } from '../../policy/ball.js';
import { staticSize } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import type { Ledger } from './ledger.js';

/** Where the input of a frame lies besides its box. */
export type BallInput = Ball & {
  /** Name of the graph's input. */
  readonly input: string;
  /** [...input], in the box. */
  readonly center: Value;
};

/**
 * Contributes a lower bound [rows] of a . x.
 * @param a coefficients [rows, ...input]
 * @param box of the input: elements that are at its end already can only go the other way
 */
export function addBall(
  p: Program,
  rounding: Rounding,
  { norm, epsilon, center }: BallInput,
  { lower, upper }: Interval,
  a: Value,
  ledger: Ledger,
): void {
  ledger.add(a, p.abs(a), center, undefined);
  const size = staticSize(a.shape.slice(1));
  const [canFall, canRise] = [isBelow(p, lower, center), isBelow(p, center, upper)];
  // To lessen a . x, x falls where a is positive.
  const effective = p.add(p.mul(p.max(a, 0), canFall), p.mul(p.min(a, 0), canRise));
  const length = dualNorm[norm](p, rounding, p.reshape(effective, [a.shape[0] ?? 1, size]), size);
  const reach = p.mul(length, roundUp(epsilon) * (1 + 2 * rounding.program(4)));
  ledger.contribute(p.neg(p.add(p.mul(reach, 1 + 2 * rounding.program(4)), 4 * rounding.ownUnderflow)));
}

const isBelow = (p: Program, low: Value, high: Value): Value => p.cast(p.less(low, high), low.dtype);

type Norm = (p: Program, rounding: Rounding, rows: Value, size: number) => Value;

const greatest: Norm = (p, _rounding, rows) =>
  p.reshape(p.reduceMax(p.abs(rows), [1]), rows.shape.slice(0, 1));

/** Upper bounds of the dual norms of rows: [rows, n] -> [rows]. */
const dualNorm: Readonly<Record<Ball['norm'], Norm>> = {
  // Rounding of n products and their sum, whose root halves it, and squares that vanish.
  l2: (p, rounding, rows, size) => {
    const squares = p.reshape(p.reduceSum(p.mul(rows, rows), [1]), rows.shape.slice(0, 1));
    const vanished = Math.sqrt((size + 4) * rounding.ownUnderflow);
    return p.add(p.mul(p.sqrt(squares), 1 + 2 * rounding.program(size + 16)), vanished);
  },
  l1: greatest,
  linf: (p, rounding, rows, size) => {
    const sum = p.reshape(p.reduceSum(p.abs(rows), [1]), rows.shape.slice(0, 1));
    return p.add(p.mul(sum, 1 + 2 * rounding.program(size + 16)), (size + 4) * rounding.ownUnderflow);
  },
};

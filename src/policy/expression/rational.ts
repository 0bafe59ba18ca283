// Exact arithmetic: every finite float64 is a fraction. What is no number of that kind is an infinity or NaN.
import { above, dyadic } from '../vnnlib/float64.js';

export type Rational = {
  readonly n: bigint;
  /** Above 0. */
  readonly d: bigint;
};

export const zero: Rational = { n: 0n, d: 1n };

/** Of a finite float64. */
export function rationalOf(value: number): Rational {
  if (Number.isSafeInteger(value)) return { n: BigInt(value), d: 1n };
  const { integer, exponent } = dyadic(value);
  return exponent >= 0
    ? { n: integer << BigInt(exponent), d: 1n }
    : lowered(integer, 1n << BigInt(-exponent));
}

const greatestCommon = (a: bigint, b: bigint): bigint => {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
};

function lowered(n: bigint, d: bigint): Rational {
  const common = greatestCommon(n, d);
  return common > 1n ? { n: n / common, d: d / common } : { n, d };
}

export function plus(a: Rational, b: Rational): Rational {
  if (a.d === b.d) return { n: a.n + b.n, d: a.d };
  // Denominators of float64 numbers are powers of two: one of them divides the other.
  if (a.d % b.d === 0n) return { n: a.n + b.n * (a.d / b.d), d: a.d };
  if (b.d % a.d === 0n) return { n: a.n * (b.d / a.d) + b.n, d: b.d };
  return lowered(a.n * b.d + b.n * a.d, a.d * b.d);
}

export const times = (a: Rational, b: Rational): Rational => lowered(a.n * b.n, a.d * b.d);

/** @param b not zero */
export const over = (a: Rational, b: Rational): Rational =>
  b.n < 0n ? lowered(-a.n * b.d, a.d * -b.n) : lowered(a.n * b.d, a.d * b.n);

export const negated = ({ n, d }: Rational): Rational => ({ n: -n, d });

export const signOf = ({ n }: Rational): -1 | 0 | 1 => (n > 0n ? 1 : n < 0n ? -1 : 0);

/** Sign of a - b. */
export const compared = (a: Rational, b: Rational): -1 | 0 | 1 => signOf({ n: a.n * b.d - b.n * a.d, d: 1n });

/** The float64 that equals it; undefined where none does, or only a subnormal one. */
export function float64Of(value: Rational): number | undefined {
  const { n, d } = lowered(value.n, value.d);
  const near = approximate(n, d);
  return Number.isFinite(near) && compared(rationalOf(near), value) === 0 ? near : undefined;
}

/** A float64 that is not less, nearly the least: Infinity where there is none. */
export function roundedUp(value: Rational): number {
  let near = approximate(value.n, value.d);
  if (near === -Infinity) near = -Number.MAX_VALUE;
  while (near !== Infinity && compared(rationalOf(near), value) < 0) near = above(near);
  return near;
}

/** Within a few units in the last place, where it is no subnormal number; exact where it is a float64. */
function approximate(n: bigint, d: bigint): number {
  const [whole, rest] = [Number(n), Number(d)];
  if (Number.isFinite(whole) && Number.isFinite(rest)) return whole / rest;
  const [[a, i], [b, j]] = [leading(n), leading(d)];
  // In two steps: the power of two by itself may be no number.
  const half = Math.trunc((i - j) / 2);
  return (a / b) * 2 ** half * 2 ** (i - j - half);
}

/** Its first bits, and the power of two that they stand for. */
function leading(value: bigint): readonly [number, number] {
  const power = Math.max(0, value.toString(2).replace('-', '').length - 64);
  return [Number(value >> BigInt(power)), power];
}

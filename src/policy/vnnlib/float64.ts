// Neighbours and quotients of float64 numbers, exact in the last bit.

/** The greatest float64 below a finite number; -Infinity below the least. */
export function below(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  bits[0] = (bits[0] ?? 0n) + (value > 0 ? -1n : 1n);
  return new Float64Array(bits.buffer)[0] ?? Number.NaN;
}

/** The least float64 above a finite number; Infinity above the greatest. */
export const above = (value: number): number => -below(-value);

/**
 * The greatest float64 x with divisor * x <= dividend (or < where strict) in real arithmetic; divisor > 0, both finite.
 * Infinity where the greatest finite number is still too small, -Infinity where even the least is too great.
 */
export function greatestWithin(dividend: number, divisor: number, strict: boolean): number {
  // Nearly every bound of a file.
  if (divisor === 1) return strict ? below(dividend) : dividend;
  const fits = (x: number) => {
    const sign = signOfDifference(divisor, x, dividend);
    return strict ? sign < 0 : sign <= 0;
  };
  let x = dividend / divisor;
  if (x === Infinity) return x;
  while (x !== -Infinity && !fits(x)) x = below(x);
  // The quotient may have been rounded down.
  for (let next = above(x); next !== Infinity && x !== -Infinity && fits(next); next = above(x)) x = next;
  return x + 0;
}

/** Sign of a * b - c, exactly: float64 numbers are integers times powers of two. */
function signOfDifference(a: number, b: number, c: number): number {
  const [x, y, z] = [dyadic(a), dyadic(b), dyadic(c)];
  const [product, exponent] = [x.integer * y.integer, x.exponent + y.exponent];
  const least = Math.min(exponent, z.exponent);
  const difference = (product << BigInt(exponent - least)) - (z.integer << BigInt(z.exponent - least));
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}

/** Of a finite float64: value = integer * 2^exponent. */
export function dyadic(value: number): { integer: bigint; exponent: number } {
  const bits = new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n;
  const field = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = field === 0 ? fraction : fraction | 0x10000000000000n;
  return { integer: value < 0 ? -magnitude : magnitude, exponent: Math.max(field, 1) - 1075 };
}

// The complementary error function, which JavaScript lacks: erfc(z) = 2 / sqrt(pi) times the integral of exp(-t^2) from z on.

/**
 * For z >= 0. Below 2.5 by the series of erf (Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.6), beyond
 * by the continued fraction (7.1.14). Relative error below 1e-11.
 */
export function erfc(z: number): number {
  return z < 2.5 ? 1 - series(z) : fraction(z);
}

/** erf(z) = 2 / sqrt(pi) exp(-z^2) sum of 2^n z^(2n + 1) / (2n + 1)!!; all terms positive. */
function series(z: number): number {
  let term = z;
  let sum = z;
  for (let n = 1; term > 1e-17 * sum; n++) {
    term *= (2 * z * z) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-z * z) * sum;
}

/** exp(-z^2) / sqrt(pi) / (z + (1/2) / (z + 1 / (z + (3/2) / (z + ...)))). */
function fraction(z: number): number {
  let tail = z;
  for (let k = 60; k >= 1; k--) tail = z + k / 2 / tail;
  return Math.exp(-z * z) / Math.sqrt(Math.PI) / tail;
}

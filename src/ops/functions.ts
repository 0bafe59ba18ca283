// Functions of one variable that are several primitives in the array language.
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';

/** x for x >= 0, alpha (exp(x) - 1) below. */
export const elu = (p: Program, x: Value, alpha: number): Value =>
  p.add(p.relu(x), p.mul(p.sub(p.exp(p.min(x, 0)), 1), alpha));

/** Defaults of the ONNX specification (Klambauer et al., arXiv 1706.02515), which are float32 numbers. */
export const seluAlpha = Math.fround(1.6732632);
export const seluGamma = Math.fround(1.050701);

/** x Phi(x), with the distribution function of the normal distribution (Hendrycks and Gimpel, arXiv 1606.08415). */
export const gelu = (p: Program, x: Value): Value =>
  p.mul(x, p.mul(p.add(p.erf(p.mul(x, Math.SQRT1_2)), 1), 0.5));

/** The approximation x (1 + tanh(s)) / 2 = x sigmoid(2 s), s = sqrt(2 / pi) (x + 0.044715 x^3). */
export const geluTanh = (p: Program, x: Value): Value => p.mul(x, p.sigmoid(geluTanhArgument(p, x)));

/** 2 s */
export const geluTanhArgument = (p: Program, x: Value): Value =>
  p.mul(x, p.add(p.mul(p.mul(x, x), 0.044715 * doubleRoot), doubleRoot));

/** 2 sqrt(2 / pi) */
export const doubleRoot = 2 * Math.sqrt(2 / Math.PI);

/**
 * Its derivative sigmoid(v) + x v' sigmoid'(v), v = 2 s; sigmoid' by exp(-|v|), so that its error stays in proportion to it.
 * Within 30 roundings: 10 of sigmoid and its argument; |x v'| <= 3 |v|, and sigmoid' is off by 12 + 4 |v| of its own size.
 */
export function geluTanhSlope(p: Program, x: Value): Value {
  const v = geluTanhArgument(p, x);
  const decay = p.exp(p.neg(p.abs(v)));
  const growth = p.mul(x, p.add(p.mul(p.mul(x, x), 3 * 0.044715 * doubleRoot), doubleRoot));
  const sum = p.add(decay, 1);
  return p.add(p.sigmoid(v), p.mul(growth, p.div(decay, p.mul(sum, sum))));
}

// Errors of ONNX Runtime's kernels of functions that IEEE 754 does not define:
// |computed - true| <= relative |true| + absolute, for every finite argument.
//
// float32: greatest error over all 2^32 inputs in long vectors, and over a sample in vectors of 1 to 63 elements, where the
// kernels use other code. Measured 2026-11-23 with test/soundness/measure-kernels.ts on onnxruntime-node 1.30.0, x64 (Intel
// Xeon) with FMA and AVX-512 F, BW, DQ, VL; then rounded up, which is all the room that kernels of other processors have:
//   Sigmoid 2^-22.42 absolute; the same, times |x|, in the kernel into which x * sigmoid(x) is fused
//   Tanh    between 8 and 12 u relative, 2^-142 absolute
//   Exp     0.87 ulp, 2^-149 absolute; on a sample, e_i / e_max in Softmax is within 2.1 u, both quotients' roundings included
//   Log     3.47 ulp, between 6 and 8 u relative
//   Sqrt    0.5 ulp
// float32, over every k-th input (`stride` in kernels.ts, from 13 to 4093) and short vectors:
//   Reciprocal        1 u relative
//   Pow               2 u relative for exponents 0.5, -1, 2, 4, 1.7 and -2.5; 3 u for 3
//   Sin, Cos          4 u relative and 2^-26.8 absolute; 2^-23.3 absolute for arguments up to 2^127
//   Softplus          4 u relative and 2^-24.1 absolute
//   Erf               2 u relative and 2^-149 absolute
//   Softsign          2.5 u relative
//   Elu, Selu         2^-24 and 2^-23.2 absolute beside 2 u relative; single nodes and formula
//   Gelu              2 u relative and 2^-23.5 absolute: the kernel, the one into which its nodes are fused, and its formula
//   GeluTanh          2^-20.6 absolute: the kernel and its formula
// float64, on 3.3 million random arguments, of which the reference itself may lose 2 u: Sigmoid 2^-52.4 absolute, Tanh 12 u,
// Exp and Log 4 u relative, Sin and Cos 2^-50.4 absolute, Softplus 2^-52.4, Erf 26 u relative (erf.ts), Gelu by its formula 2^-47.2
// absolute, GeluTanh 2^-50.
import type { FloatDType } from '../base/dtype.js';
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import type { Interval } from './interval.js';
import { outward } from './interval.js';
import type { Rounding } from './rounding.js';

export type KernelError = { readonly relative: number; readonly absolute: number };
export type KernelErrors = Readonly<Record<FloatDType, KernelError>>;

/** In units of u = 2^-24 and 2^-53. Absolute errors of 2^-126 and 2^-1022 cover underflow, flushed or not. */
export const kernelErrors = {
  Sigmoid: {
    float32: { relative: 2 * 2 ** -24, absolute: 2 ** -22 },
    float64: { relative: 4 * 2 ** -53, absolute: 2 ** -51 },
  },
  Tanh: {
    float32: { relative: 16 * 2 ** -24, absolute: 2 ** -126 },
    float64: { relative: 16 * 2 ** -53, absolute: 2 ** -1022 },
  },
  Exp: {
    float32: { relative: 4 * 2 ** -24, absolute: 2 ** -126 },
    float64: { relative: 8 * 2 ** -53, absolute: 2 ** -1022 },
  },
  Log: {
    float32: { relative: 12 * 2 ** -24, absolute: 2 ** -126 },
    float64: { relative: 8 * 2 ** -53, absolute: 2 ** -1022 },
  },
  Sqrt: {
    float32: { relative: 2 * 2 ** -24, absolute: 2 ** -126 },
    float64: { relative: 2 * 2 ** -53, absolute: 2 ** -1022 },
  },
  Reciprocal: {
    float32: { relative: 4 * 2 ** -24, absolute: 2 ** -126 },
    float64: { relative: 4 * 2 ** -53, absolute: 2 ** -1022 },
  },
  Sin: {
    float32: { relative: 4 * 2 ** -24, absolute: 2 ** -25 },
    float64: { relative: 4 * 2 ** -53, absolute: 2 ** -49 },
  },
  Cos: {
    float32: { relative: 4 * 2 ** -24, absolute: 2 ** -25 },
    float64: { relative: 4 * 2 ** -53, absolute: 2 ** -49 },
  },
  Softplus: {
    float32: { relative: 4 * 2 ** -24, absolute: 2 ** -23 },
    float64: { relative: 4 * 2 ** -53, absolute: 2 ** -51 },
  },
  Softsign: {
    float32: { relative: 8 * 2 ** -24, absolute: 2 ** -126 },
    float64: { relative: 8 * 2 ** -53, absolute: 2 ** -1022 },
  },
  Erf: {
    float32: { relative: 4 * 2 ** -24, absolute: 2 ** -126 },
    float64: { relative: 64 * 2 ** -53, absolute: 2 ** -1022 },
  },
  /** For alpha = 1; below 0 it grows with alpha. */
  Elu: {
    float32: { relative: 4 * 2 ** -24, absolute: 2 ** -23 },
    float64: { relative: 8 * 2 ** -53, absolute: 2 ** -51 },
  },
  Gelu: {
    float32: { relative: 4 * 2 ** -24, absolute: 2 ** -22 },
    float64: { relative: 64 * 2 ** -53, absolute: 2 ** -43 },
  },
  GeluTanh: {
    float32: { relative: 8 * 2 ** -24, absolute: 2 ** -20 },
    float64: { relative: 64 * 2 ** -53, absolute: 2 ** -44 },
  },
  Pow: {
    float32: { relative: 4 * 2 ** -24, absolute: 2 ** -126 },
    float64: { relative: 8 * 2 ** -53, absolute: 2 ** -1022 },
  },
} satisfies Record<string, KernelErrors>;

/**
 * Moves bounds outward by the kernels' errors: the deployed one's and the bound program's own. The program has the true
 * bound F as P with |P - F| <= r |F| + a, and the deployed value is within r' |F| + a' of F or beyond it; so (r + r') |P| + a + a'
 * suffices but for products of errors, for which 1 % is added.
 */
export function withKernelError(
  p: Program,
  rounding: Rounding,
  { lower, upper }: Interval,
  errors: KernelErrors,
): Interval {
  const own = errors[rounding.dtype];
  const deployed = rounding.deployed(1) === 0 ? { relative: 0, absolute: 0 } : errors.float32;
  const relative = 1.01 * (own.relative + deployed.relative);
  const absolute = 1.01 * (own.absolute + deployed.absolute);
  const slack = (bound: Value) => p.add(p.mul(p.abs(bound), relative), absolute);
  return outward(p, rounding, { lower: p.sub(lower, slack(lower)), upper: p.add(upper, slack(upper)) }, 0);
}

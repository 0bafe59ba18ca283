// Errors of ONNX Runtime's kernels of functions that IEEE 754 does not define:
// |computed - true| <= relative |true| + absolute, for every finite argument.
//
// float32: greatest error over all 2^32 inputs, in long vectors, and over a sample in vectors of 1 to 63 elements, where the
// kernels use other code. Measured 2026-11-23 with test/soundness/measure-kernels.ts on onnxruntime-node 1.30.0, x64 with
// AVX-512F/BW/DQ/VL and FMA (Intel Xeon, Sapphire Rapids), then rounded up for kernels of other processors:
//   Sigmoid 2^-22.42 absolute (0 comes out where the true value is 2^-26); in the fused x * sigmoid(x) the same, times |x|
//   Tanh    11 u relative, 2^-142 absolute
//   Exp     0.87 ulp, 2^-149 absolute; in Softmax 2.1 u with its quotient's roundings, flushed to 2^-144 below
//   Log     3.47 ulp, 7 u relative
// float64, on 1.6 million random arguments: 2^-52.4 absolute; 12 u, 4 u and 4 u relative, of which the reference may be 2 u.
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

// Errors of ONNX Runtime's kernels of functions that IEEE 754 does not define: |computed - true| <= relative |true| + absolute.
import type { Program } from '../program/program.js';
import type { Value } from '../program/value.js';
import type { Interval } from './interval.js';
import { outward } from './interval.js';
import type { Rounding } from './rounding.js';

export type KernelError = { readonly relative: number; readonly absolute: number };

/** float32 kernels, measured. */
export const kernelErrors = {
  Sigmoid: { relative: 2 ** -20, absolute: 2 ** -22 },
  Tanh: { relative: 2 ** -20, absolute: 2 ** -22 },
  Exp: { relative: 2 ** -20, absolute: 2 ** -126 },
  Log: { relative: 2 ** -20, absolute: 2 ** -22 },
} satisfies Record<string, KernelError>;

/**
 * Moves bounds outward by the kernel's error, twice: the deployed kernel's and the bound program's own, which at the
 * bounds is the same kernel or a better one.
 */
export function withKernelError(
  p: Program,
  rounding: Rounding,
  { lower, upper }: Interval,
  error: KernelError,
): Interval {
  const slack = (bound: Value) => p.add(p.mul(p.abs(bound), 2.01 * error.relative), 2.01 * error.absolute);
  return outward(p, rounding, { lower: p.sub(lower, slack(lower)), upper: p.add(upper, slack(upper)) }, 1);
}

// Sigmoid, Tanh, Exp and Log: increasing functions whose kernels have a measured error.
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { type Interval, unlessInfinite, whereSound } from '../interval.js';
import { type KernelErrors, kernelErrors, withKernelError } from '../kernel-error.js';
import { type IntervalContext, type Operator, operand } from '../operator.js';

/** Bounds of an increasing function, before infinite arguments are sorted out. */
function increasing(
  { p, rounding }: IntervalContext,
  x: Interval,
  f: (p: Program, x: Value) => Value,
  error: KernelErrors,
) {
  return withKernelError(p, rounding, { lower: f(p, x.lower), upper: f(p, x.upper) }, error);
}

const squashing = (type: string, f: (p: Program, x: Value) => Value, error: KernelErrors) =>
  ({
    type,
    lower: (context) => f(context.p, operand(context, 0)),
    interval: (context) =>
      unlessInfinite(context.p, context.input(0), increasing(context, context.input(0), f, error)),
  }) satisfies Operator;

/** Sigmoid (ONNX opset 6+). Interval: increasing. Rounding: measured, see kernel-error.ts. */
export const sigmoid = squashing('Sigmoid', (p, x) => p.sigmoid(x), kernelErrors.Sigmoid);
/** Tanh (ONNX opset 6+). Interval: increasing. Rounding: measured, see kernel-error.ts. */
export const tanh = squashing('Tanh', (p, x) => p.tanh(x), kernelErrors.Tanh);
/** Exp (ONNX opset 6+). Interval: increasing; infinite where it may overflow. Rounding: measured, see kernel-error.ts. */
export const exp = squashing('Exp', (p, x) => p.exp(x), kernelErrors.Exp);

/** Log (ONNX opset 6+). Interval: increasing; infinite where the argument may be 0 or less. Rounding: measured. */
export const log = {
  type: 'Log',
  lower: (context) => context.p.log(operand(context, 0)),
  interval: (context) => {
    const { p } = context;
    const x = context.input(0);
    const bounds = increasing(context, x, (program, value) => program.log(value), kernelErrors.Log);
    return whereSound(p, p.greater(x.lower, 0), unlessInfinite(p, x, bounds));
  },
} satisfies Operator;

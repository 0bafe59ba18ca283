// Increasing functions of one variable, most of whose kernels have a measured error.
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { floatAttribute } from '../attributes.js';
import { type Curve, curveRelaxation } from '../curve.js';
import { type Bent, bent, eluOf } from '../curves.js';
import { seluAlpha, seluGamma } from '../functions.js';
import { type Interval, unlessInfinite, whereSound } from '../interval.js';
import { withKernelError } from '../kernel-error.js';
import { type IntervalContext, type NodeContext, NotLowered, type Operator, operand } from '../operator.js';

/** Bounds of an increasing function, infinite where its argument's are. */
function increasingInterval({ p, rounding, input }: IntervalContext, { value, error }: Curve): Interval {
  const x = input(0);
  const ends = { lower: value(p, x.lower), upper: value(p, x.upper) };
  return unlessInfinite(p, x, withKernelError(p, rounding, ends, error));
}

const increasing = (type: string, { curve, bends }: Bent) =>
  ({
    type,
    lower: (context) => curve.value(context.p, operand(context, 0)),
    interval: (context) => increasingInterval(context, curve),
    relax: (context) => curveRelaxation(context, curve, bends),
  }) satisfies Operator;

/** The same, where nothing is known unless the argument is in the function's domain. */
function increasingOn(type: string, each: Bent, isInside: (p: Program, lower: Value) => Value) {
  const operator = increasing(type, each);
  return {
    ...operator,
    interval: (context) => {
      const { p } = context;
      return whereSound(p, isInside(p, context.input(0).lower), operator.interval(context));
    },
  } satisfies Operator;
}

/** Sigmoid (ONNX opset 6+). Interval: increasing. Rounding: measured, see kernel-error.ts. */
export const sigmoid = increasing('Sigmoid', bent.Sigmoid);
/** Tanh (ONNX opset 6+). Interval: increasing. Rounding: measured, see kernel-error.ts. */
export const tanh = increasing('Tanh', bent.Tanh);
/** Erf (ONNX opset 9+). Interval: increasing. Rounding: measured, see kernel-error.ts. */
export const erf = increasing('Erf', bent.Erf);
/** Softplus, log(1 + exp(x)) (ONNX opset 1+). Interval: increasing. Rounding: measured, see kernel-error.ts. */
export const softplus = increasing('Softplus', bent.Softplus);
/** Exp (ONNX opset 6+). Interval: increasing; infinite where it may overflow. Rounding: measured, see kernel-error.ts. */
export const exp = increasing('Exp', bent.Exp);

/** Log (ONNX opset 6+). Interval: increasing; infinite where the argument may be 0 or less. Rounding: measured. */
export const log = increasingOn('Log', bent.Log, (p, lower) => p.greater(lower, 0));
/** Sqrt (ONNX opset 6+). Interval: increasing; infinite where the argument may be negative. Rounding: measured. */
export const sqrt = increasingOn('Sqrt', bent.Sqrt, (p, lower) => p.greaterOrEqual(lower, 0));

/**
 * Softsign, x / (1 + |x|) (ONNX opset 1+). Interval: increasing; infinite where 1 / (1 + |x|), which kernels may compute first,
 * may underflow. Rounding: measured, see kernel-error.ts.
 */
export const softsign = {
  ...increasing('Softsign', bent.Softsign),
  interval: (context) => {
    const { p } = context;
    const x = context.input(0);
    const isHeld = p.and(p.greater(x.lower, -(2 ** 125)), p.less(x.upper, 2 ** 125));
    return whereSound(p, isHeld, increasingInterval(context, bent.Softsign.curve));
  },
} satisfies Operator;

/** Elu and Selu differ in their constants. */
function exponentialUnit(type: string, bentOf: (context: NodeContext) => Bent) {
  return {
    type,
    lower: (context) => bentOf(context).curve.value(context.p, operand(context, 0)),
    interval: (context) => increasingInterval(context, bentOf(context).curve),
    relax: (context) => {
      const { curve, bends } = bentOf(context);
      return curveRelaxation(context, curve, bends);
    },
  } satisfies Operator;
}

function unitOf(context: NodeContext, alpha: number, gamma: number): Bent {
  if (!(alpha >= 0 && gamma > 0))
    throw new NotLowered(`${context.node.type} with alpha ${alpha} and gamma ${gamma} is not increasing`);
  return eluOf(alpha, gamma);
}

/** Elu: x for x >= 0, alpha (exp(x) - 1) below (ONNX opset 6+). Interval: increasing. Rounding: measured. */
export const elu = exponentialUnit('Elu', (context) =>
  unitOf(context, floatAttribute(context.node, 'alpha', 1), 1),
);
/** Selu: gamma times Elu (ONNX opset 6+). Interval: increasing. Rounding: measured. */
export const selu = exponentialUnit('Selu', (context) =>
  unitOf(
    context,
    floatAttribute(context.node, 'alpha', seluAlpha),
    floatAttribute(context.node, 'gamma', seluGamma),
  ),
);

import { isFloat } from '../../base/dtype.js';
import type { Value } from '../../program/value.js';
import { type IntervalContext, type NodeContext, type Operator, operand } from '../operator.js';
import { integerSum, reducedBy, reducedCount, sumInterval } from '../reduction.js';

const summed = (context: NodeContext, x: Value): Value => reducedBy(context, x, context.p.reduceSum);

function interval(context: IntervalContext) {
  const x = context.input(0);
  const summing = {
    sum: (z: Value) => summed(context, z),
    count: reducedCount(context, x.lower),
    readers: 1,
  };
  return isFloat(context.output.dtype) ? sumInterval(context, x, summing) : integerSum(context, x, summing);
}

/** ReduceSum (ONNX opset 1+). Interval: affine; of integers, exact. Rounding: gamma_n in any order. */
export const reduceSum = {
  type: 'ReduceSum',
  integers: true,
  lower: (context) => summed(context, operand(context, 0)),
  interval,
} satisfies Operator;

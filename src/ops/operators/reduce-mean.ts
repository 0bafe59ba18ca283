import type { Value } from '../../program/value.js';
import { type Operator, operand } from '../operator.js';
import { meanInterval, reducedBy, reducedCount } from '../reduction.js';

/** ReduceMean (ONNX opset 1+). Interval: affine, a sum and a scale by 1 / count. Rounding: gamma_(n+2). */
export const reduceMean = {
  type: 'ReduceMean',
  lower: (context) => reducedBy(context, operand(context, 0), context.p.reduceMean),
  interval: (context) => {
    const { p, rounding } = context;
    const count = reducedCount(context, context.input(0).lower);
    const sum = (z: Value) => reducedBy(context, z, p.reduceSum);
    return meanInterval(context, { sum, count, readers: 1 }, p.scalar(rounding.dtype, 1 / count));
  },
} satisfies Operator;

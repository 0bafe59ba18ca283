import { monotone } from '../interval.js';
import { type Operator, operand } from '../operator.js';

/**
 * Relu (ONNX opset 6+). x [...d] -> [...d].
 * Interval: monotone, so exact; an infinite upper bound stays. Rounding: max(x, 0) is exact in IEEE 754.
 */
export const relu = {
  type: 'Relu',
  lower: (context) => context.p.relu(operand(context, 0)),
  interval: ({ p, input }) => monotone(input(0), p.relu),
} satisfies Operator;

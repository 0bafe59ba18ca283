import { isFloat } from '../../base/dtype.js';
import { toNumbers } from '../../base/tensor.js';
import { staticDim } from '../../program/dims.js';
import type { Value } from '../../program/value.js';
import { intAttribute } from '../attributes.js';
import { type AxisMatrix, alongAxis } from '../axis-matrix.js';
import { frontAxis } from '../movement.js';
import { type NodeContext, NotLowered, type Operator, operand } from '../operator.js';
import { sumInterval } from '../reduction.js';

/** Ones where a result includes an element: those before it and, unless `exclusive`, itself. */
function matrixOf({ node, output, constant }: NodeContext, x: Value): AxisMatrix {
  const given = constant(1);
  if (given === undefined || !isFloat(output.dtype))
    throw new NotLowered(`CumSum of ${output.dtype}, or along a computed axis`);
  const axis = frontAxis(node, toNumbers(given)[0] ?? 0, x.shape.length);
  const size = staticDim(x.shape, axis);
  const reverse = intAttribute(node, 'reverse', 0) !== 0;
  const least = intAttribute(node, 'exclusive', 0);
  const weights = Float32Array.from({ length: size * size }, (_, at) => {
    const ahead = Math.floor(at / size) - (at % size);
    return (reverse ? -ahead : ahead) >= least ? 1 : 0;
  });
  return { axis, weights, rows: size, columns: size };
}

const cumulated = (context: NodeContext, x: Value): Value => alongAxis(context.p, x, matrixOf(context, x));

/** CumSum (ONNX opset 11+) of floats. Interval: affine. Rounding: gamma_n in any order, n the length of the axis. */
export const cumSum = {
  type: 'CumSum',
  lower: (context) => cumulated(context, operand(context, 0)),
  interval: (context) => {
    const x = context.input(0);
    const { rows } = matrixOf(context, x.lower);
    return sumInterval(context, x, { sum: (z) => cumulated(context, z), count: rows, readers: rows });
  },
} satisfies Operator;

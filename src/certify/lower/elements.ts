// Element-wise operators with constants, sums of two values, and BatchNormalization.
import { sizeOf } from '../../base/shape.js';
import type { Variable } from './builder.js';
import {
  broadcastIndices,
  broadcastShape,
  type Context,
  float,
  floatsOf,
  indicesBy,
  integer,
  refuse,
  variableOf,
} from './values.js';

/** y = scale x + shift, as functions of the constant's element. */
type Rule = {
  readonly scale?: (constant: number) => number;
  readonly shift?: (constant: number) => number;
};

function withConstant(context: Context, at: 0 | 1, { scale, shift }: Rule): Variable {
  const x = variableOf(context, at);
  const constant = floatsOf(context, 1 - at);
  const shape = broadcastShape(context, x.shape, constant.shape);
  const spread = broadcastIndices(constant.shape, shape);
  const each = (rule: (value: number) => number) =>
    Float64Array.from(spread, (from) => rule(constant.data[from] ?? 0));
  const step = context.builder.scaled(
    x.step,
    broadcastIndices(x.shape, shape),
    scale && each(scale),
    shift && each(shift),
  );
  return { step, shape };
}

/** x + y, or x - y. */
const sumOf =
  (sign: 1 | -1) =>
  (context: Context): Variable => {
    const [a, b] = [context.variable(0), context.variable(1)];
    if (a === undefined)
      return withConstant(context, 1, { ...(sign === -1 && { scale: () => -1 }), shift: (c) => c });
    if (b === undefined) return withConstant(context, 0, { shift: (c) => sign * c });
    const shape = broadcastShape(context, a.shape, b.shape);
    const term = ({ step, shape: own }: Variable, times: 1 | -1) => ({
      step,
      from: broadcastIndices(own, shape),
      sign: times,
    });
    return { step: context.builder.sum([term(a, 1), term(b, sign)]), shape };
  };

export const add = sumOf(1);
export const sub = sumOf(-1);

export function mul(context: Context): Variable {
  return withConstant(context, context.variable(0) === undefined ? 1 : 0, { scale: (c) => c });
}

/** x / c. The quotient 1 / c rounds once, as products do. */
export function div(context: Context): Variable {
  const divisor = floatsOf(context, 1);
  if (!divisor.data.every((c) => Math.abs(c) > 2 ** -120)) throw refuse(context, 'a divisor near zero');
  return withConstant(context, 0, { scale: (c) => 1 / c });
}

export function neg(context: Context): Variable {
  const { step, shape } = variableOf(context, 0);
  const size = sizeOf(shape);
  const all = Int32Array.from({ length: size }, (_, at) => at);
  return { step: context.builder.scaled(step, all, new Float64Array(size).fill(-1), undefined), shape };
}

/** gain (x - mean) / sqrt(variance + epsilon) + beta, folded as ONNX Runtime folds it, or not. */
export function batchNormalization(context: Context): Variable {
  const { step, shape } = variableOf(context, 0);
  if (integer(context, 'training_mode', 0) !== 0 || context.node.outputs.filter(Boolean).length > 1)
    throw refuse(context, 'in training mode');
  if (integer(context, 'spatial', 1) !== 1) throw refuse(context, 'statistics of every element');
  const [gain, beta, mean, variance] = [1, 2, 3, 4].map((at) => floatsOf(context, at).data);
  const epsilon = float(context, 'epsilon', 1e-5);
  if (!gain || !beta || !mean || !variance) throw refuse(context, 'parameters are missing');
  if (!variance.every((value) => value + epsilon > 2 ** -100)) throw refuse(context, 'a variance near zero');
  const channels = shape.map((_, axis) => (axis === 1 ? 1 : 0));
  const each = (rule: (channel: number) => number) =>
    Float64Array.from(indicesBy(shape, channels), (channel) => rule(channel));
  const scaleOf = (c: number) => (gain[c] ?? 0) / Math.sqrt((variance[c] ?? 0) + epsilon);
  const moved = (c: number) => (mean[c] ?? 0) * scaleOf(c);
  return {
    step: context.builder.scaled(
      step,
      Int32Array.from({ length: sizeOf(shape) }, (_, at) => at),
      each(scaleOf),
      each((c) => (beta[c] ?? 0) - moved(c)),
      each((c) => Math.abs(beta[c] ?? 0) + Math.abs(moved(c))),
    ),
    shape,
  };
}

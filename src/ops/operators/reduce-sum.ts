import { toNumbers } from '../../base/tensor.js';
import { staticDim } from '../../program/dims.js';
import type { Value } from '../../program/value.js';
import { affineInterval } from '../affine.js';
import { intAttribute, intsAttribute } from '../attributes.js';
import {
  type IntervalContext,
  type LowerContext,
  type NodeContext,
  NotLowered,
  type Operator,
  operand,
} from '../operator.js';

/** Axes are an attribute before opset 13, a constant input since; none means all, or none at all on request. */
function axesOf(context: NodeContext, x: Value): readonly number[] {
  const { node } = context;
  const input = context.constant(1);
  if (input === undefined && (node.inputs[1] ?? '') !== '')
    throw new NotLowered('ReduceSum over computed axes');
  const axes = intsAttribute(node, 'axes') ?? (input === undefined ? [] : toNumbers(input));
  if (axes.length > 0) return axes;
  return intAttribute(node, 'noop_with_empty_axes', 0) === 1 ? [] : x.shape.map((_, axis) => axis);
}

const summed = (context: NodeContext, x: Value): Value =>
  context.p.reshape(context.p.reduceSum(x, axesOf(context, x)), context.output.shape);

const lower = (context: LowerContext): Value => summed(context, operand(context, 0));

function interval(context: IntervalContext) {
  const x = context.input(0);
  const linear = (z: Value) => summed(context, z);
  const rank = x.lower.shape.length;
  const length = axesOf(context, x.lower).reduce(
    (product, axis) => product * staticDim(x.lower.shape, axis < 0 ? axis + rank : axis),
    1,
  );
  return affineInterval(context.p, context.rounding, {
    input: x,
    linear,
    absLinear: linear,
    norm: context.p.scalar(context.rounding.dtype, length),
    bias: undefined,
    length,
    readers: 1,
    weight: undefined,
  });
}

/** ReduceSum (ONNX opset 1+). Interval: affine. Rounding: gamma_n in any order. */
export const reduceSum = { type: 'ReduceSum', lower, interval } satisfies Operator;

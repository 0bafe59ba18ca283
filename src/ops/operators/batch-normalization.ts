import type { Value } from '../../program/value.js';
import { scaleShift } from '../affine.js';
import { floatAttribute, intAttribute } from '../attributes.js';
import { alongChannels } from '../channels.js';
import {
  type IntervalContext,
  type LowerContext,
  type NodeContext,
  NotLowered,
  type Operator,
  operand,
  Unbounded,
} from '../operator.js';

type Parameters = { readonly scale: Value; readonly shift: Value; readonly shiftMagnitude: Value };

function parametersOf(
  context: NodeContext,
  [gain, beta, mean, variance]: readonly Value[],
  rank: number,
): Parameters {
  const { p, node } = context;
  if (!gain || !beta || !mean || !variance) throw new NotLowered('BatchNormalization without its parameters');
  const scale = p.div(gain, p.sqrt(p.add(variance, floatAttribute(node, 'epsilon', 1e-5))));
  const moved = p.mul(mean, scale);
  const shaped = (value: Value) => alongChannels(p, value, rank);
  return {
    scale: shaped(scale),
    shift: shaped(p.sub(beta, moved)),
    shiftMagnitude: shaped(p.add(p.abs(beta), p.abs(moved))),
  };
}

function inferenceOnly({ node, opset }: NodeContext): void {
  if (intAttribute(node, 'training_mode', 0) !== 0)
    throw new NotLowered('BatchNormalization in training mode');
  // Before opset 14 training mode shows in further outputs only.
  if (opset < 14 && node.outputs.filter(Boolean).length > 1)
    throw new NotLowered('BatchNormalization in training mode');
  if (opset < 9 && intAttribute(node, 'spatial', 1) !== 1)
    throw new NotLowered('BatchNormalization with spatial=0');
}

function lower(context: LowerContext): Value {
  inferenceOnly(context);
  const x = operand(context, 0);
  const { scale, shift } = parametersOf(
    context,
    [1, 2, 3, 4].map((at) => operand(context, at)),
    x.shape.length,
  );
  return context.p.add(context.p.mul(x, scale), shift);
}

function interval(context: IntervalContext) {
  inferenceOnly(context);
  const parameters = [1, 2, 3, 4].map((at) => {
    if (context.constant(at) === undefined)
      throw new Unbounded(`node "${context.node.name}": parameters are not constant`);
    return context.input(at).lower;
  });
  const x = context.input(0);
  const { scale, shift, shiftMagnitude } = parametersOf(context, parameters, x.lower.shape.length);
  return scaleShift(context.p, context.rounding, x, scale, shift, shiftMagnitude);
}

/**
 * BatchNormalization in inference (ONNX opset 7+). x [batch, c, ...s] -> the same.
 * Interval: an affine map per channel, merged into the layer before it, because ONNX Runtime folds it into Conv.
 * Rounding: its own and that of the folded weights, see scaleShift.
 */
export const batchNormalization = { type: 'BatchNormalization', lower, interval } satisfies Operator;

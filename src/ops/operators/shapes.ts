// Shape, Size and ConstantOfShape: sizes as values, and the other way round.
import { int64, type Tensor } from '../../base/tensor.js';
import { type Dims, isStatic } from '../../program/dims.js';
import type { Value } from '../../program/value.js';
import { intAttribute } from '../attributes.js';
import { point } from '../interval.js';
import {
  type IntervalContext,
  type LowerContext,
  type NodeContext,
  NotLowered,
  type Operator,
  operand,
} from '../operator.js';

function fixedSizes({ node }: NodeContext, dims: Dims): readonly number[] {
  if (!isStatic(dims)) throw new NotLowered(`${node.type} of an open dimension`);
  return dims;
}

/** From `start` to `end`, which count from the back below zero and are clamped (opset 15+). */
function shapeOf(context: NodeContext, x: Value): Tensor {
  const { node } = context;
  const place = (name: string, fallback: number) => intAttribute(node, name, fallback);
  const rank = x.shape.length;
  return int64(fixedSizes(context, x.shape.slice(place('start', 0), place('end', rank))));
}

const sizeOf = (context: NodeContext, x: Value): Tensor =>
  int64([fixedSizes(context, x.shape).reduce((product, dim) => product * dim, 1)], []);

const sizes = (type: string, f: (context: NodeContext, x: Value) => Tensor) =>
  ({
    type,
    integers: true,
    lower: (context: LowerContext) => context.p.constant(f(context, operand(context, 0))),
    interval: (context: IntervalContext) => {
      const { p, rounding } = context;
      return point(p.cast(p.constant(f(context, context.input(0).lower)), rounding.dtype));
    },
  }) satisfies Operator;

/** Shape (ONNX opset 1+) of a value whose dimensions are all fixed. */
export const shape = sizes('Shape', shapeOf);
/** Size (ONNX opset 1+) of a value whose dimensions are all fixed. */
export const size = sizes('Size', sizeOf);

function fill({ p, node }: NodeContext): Value {
  const value = node.attributes.get('value');
  const tensor: Tensor =
    value?.kind === 'tensor' ? value.value : { dtype: 'float32', shape: [1], data: new Float32Array(1) };
  return p.reshape(p.constant(tensor), []);
}

/** ConstantOfShape (ONNX opset 9+), where the shape is the same for every batch. */
export const constantOfShape = {
  type: 'ConstantOfShape',
  integers: true,
  lower: (context) => context.p.expand(fill(context), fixedSizes(context, context.output.shape)),
  interval: (context) => {
    const { p, rounding } = context;
    const value = p.cast(fill(context), rounding.dtype);
    return point(p.expand(value, fixedSizes(context, context.output.shape)));
  },
} satisfies Operator;

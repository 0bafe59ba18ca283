import { toNumbers } from '../../base/tensor.js';
import { staticDim } from '../../program/dims.js';
import type { Value } from '../../program/value.js';
import { intAttribute, intsAttribute } from '../attributes.js';
import { frontAxis, movement } from '../movement.js';
import { type NodeContext, NotLowered, type Operator } from '../operator.js';

/** Sizes of the parts: an attribute before opset 13, a constant input since; without either, equal but for the last. */
function sizesOf({ node, constant }: NodeContext, length: number): readonly number[] {
  const given = constant(1);
  if (given === undefined && (node.inputs[1] ?? '') !== '') throw new NotLowered('Split into computed sizes');
  const sizes = intsAttribute(node, 'split') ?? (given && toNumbers(given));
  if (sizes !== undefined) return sizes;
  const count = intAttribute(node, 'num_outputs', node.outputs.length);
  const size = Math.ceil(length / count);
  return Array.from({ length: count }, (_, at) => Math.max(Math.min(size, length - at * size), 0));
}

function part(context: NodeContext, x: Value): Value {
  const axis = frontAxis(context.node, intAttribute(context.node, 'axis', 0), x.shape.length);
  const sizes = sizesOf(context, staticDim(x.shape, axis));
  const start = sizes.slice(0, context.index).reduce((sum, size) => sum + size, 0);
  return context.p.slice(x, axis, start, start + (sizes[context.index] ?? 0));
}

/** Split (ONNX opset 2+) along one axis of fixed size, every output by itself. Exact. */
export const split = { ...movement('Split', part), outputs: 'each' } satisfies Operator;

// Operators that only move elements: exact on bounds.
import { toNumbers } from '../../base/tensor.js';
import type { Value } from '../../program/value.js';
import { intAttribute, intsAttribute } from '../attributes.js';
import { greatestTerms } from '../interval.js';
import { type LinearPart, linearRelaxation } from '../linear.js';
import { movement } from '../movement.js';
import { type IntervalContext, type NodeContext, NotLowered, type Operator, operand } from '../operator.js';

/** The result's shape is known from the instrumented run, so the shape input is not read. */
const reshaped = ({ p, output }: NodeContext, x: Value): Value => p.reshape(x, output.shape);

/** Reshape (ONNX opset 5+). */
export const reshape = movement('Reshape', reshaped);
/** Flatten (ONNX opset 1+). */
export const flatten = movement('Flatten', reshaped);
/** Squeeze (ONNX opset 1+). */
export const squeeze = movement('Squeeze', reshaped);
/** Unsqueeze (ONNX opset 1+). */
export const unsqueeze = movement('Unsqueeze', reshaped);
/** Identity (ONNX opset 1+). */
export const identity = movement('Identity', (_context, x) => x);
/** Dropout in inference (ONNX opset 7+): does nothing. Since opset 12 an input can ask for training. */
export const dropout = movement('Dropout', ({ node, constant }, x) => {
  const asked = (node.inputs[2] ?? '') !== '';
  const training = constant(2);
  if (asked && (training === undefined || toNumbers(training).some((flag) => flag !== 0)))
    throw new NotLowered('Dropout in training mode');
  return x;
});
/** Transpose (ONNX opset 1+). Without `perm` the axes are reversed. */
export const transpose = movement('Transpose', ({ p, node }, x) =>
  p.transpose(x, intsAttribute(node, 'perm') ?? x.shape.map((_, axis) => x.shape.length - 1 - axis)),
);

/** Concat (ONNX opset 4+). */
export const concat = {
  type: 'Concat',
  integers: true,
  lower: (context) =>
    context.p.concat(
      context.node.inputs.map((_, at) => operand(context, at)),
      axisOf(context),
    ),
  interval: (context) => {
    const parts = context.node.inputs.map((_, at) => context.input(at));
    const joined = (bounds: readonly Value[]) => context.p.concat(bounds, axisOf(context));
    return {
      lower: joined(parts.map(({ lower }) => lower)),
      upper: joined(parts.map(({ upper }) => upper)),
      terms: greatestTerms(...parts),
    };
  },
  relax: (context) =>
    linearRelaxation(
      context,
      context.node.inputs.map((_, at) => partOf(context, at)),
    ),
  tightens: 'nowhere',
} satisfies Operator;

/** Where one input of Concat goes: the others are zero. */
const partOf = (context: IntervalContext, input: number): LinearPart => ({
  input,
  linear: (z) =>
    context.p.concat(
      context.node.inputs.map((_, at) => (at === input ? z : context.p.fillLike(context.input(at).lower, 0))),
      axisOf(context),
    ),
});

function axisOf({ node, output }: NodeContext): number {
  const axis = intAttribute(node, 'axis', 0);
  return axis < 0 ? axis + output.shape.length : axis;
}

// Expand and Tile: copies of the input along its axes.
import { toNumbers } from '../../base/tensor.js';
import { broadcastDims, type Dim, type Dims } from '../../program/dims.js';
import type { Value } from '../../program/value.js';
import { intAttribute } from '../attributes.js';
import { movement, type Readers } from '../movement.js';
import { type NodeContext, NotLowered, type Operator } from '../operator.js';

/** The shape input broadcasts with x; where it depends on the batch size, the result is that of the instrumented run. */
function target({ constant, output }: NodeContext, x: Value): Dims {
  const shape = constant(1);
  return shape === undefined ? output.shape : broadcastDims(x.shape, toNumbers(shape));
}

const sizeOf = (dims: Dims): number => dims.reduce<number>((size, dim) => size * (Number(dim) || 1), 1);

const copies =
  (move: (context: NodeContext, x: Value) => Value): Readers =>
  (context, x) =>
    Math.max(Math.ceil(sizeOf(move(context, x).shape) / sizeOf(x.shape)), 1);

const expanded = (context: NodeContext, x: Value): Value => context.p.expand(x, target(context, x));

/** Expand (ONNX opset 8+). Exact. */
export const expand = movement('Expand', expanded, copies(expanded)) satisfies Operator;

/** Copies per axis: an input since opset 6; before, a number of copies and an axis. */
function repeatsOf({ node, opset, constant }: NodeContext, rank: number): number[] {
  const given = constant(1);
  if (given === undefined) throw new NotLowered('Tile by computed counts');
  if (opset >= 6) return toNumbers(given);
  const axis = constant(2);
  const along = axis === undefined ? intAttribute(node, 'axis', 0) : (toNumbers(axis)[0] ?? 0);
  return Array.from({ length: rank }, (_, at) => (at === along ? (toNumbers(given)[0] ?? 1) : 1));
}

/** x [...d] -> [...(1, d)] -> [...(r, d)] -> [...r d]. */
function tiled(context: NodeContext, x: Value): Value {
  const { p } = context;
  const repeats = repeatsOf(context, x.shape.length);
  const grown = (axis: number, dim: Dim): Dim[] =>
    (repeats[axis] ?? 1) === 1 ? [dim] : [repeats[axis] ?? 1, dim];
  const apart = x.shape.flatMap((dim, axis) => ((repeats[axis] ?? 1) === 1 ? [dim] : [1, dim]));
  const whole = x.shape.map((dim, axis) => timesDim(dim, repeats[axis] ?? 1));
  return p.reshape(
    p.expand(
      p.reshape(x, apart),
      x.shape.flatMap((dim, axis) => grown(axis, dim)),
    ),
    whole,
  );
}

function timesDim(dim: Dim, count: number): Dim {
  if (count === 1) return dim;
  if (typeof dim === 'string') throw new NotLowered('Tile along an open axis');
  return dim * count;
}

/** Tile (ONNX opset 1+) by constant counts. Exact. */
export const tile = movement('Tile', tiled, copies(tiled)) satisfies Operator;

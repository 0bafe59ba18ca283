import { stridesOf } from '../../base/shape.js';
import { toNumbers } from '../../base/tensor.js';
import { staticSize } from '../../program/dims.js';
import type { Value } from '../../program/value.js';
import { intAttribute } from '../attributes.js';
import type { Interval } from '../interval.js';
import { movedInterval, movedRelaxation, multiplicity, picked, range } from '../movement.js';
import { type IntervalContext, type NodeContext, NotLowered, type Operator, operand } from '../operator.js';
import { computedFromFront, fromFront, hull, mayName, sizesOf, spread } from '../places.js';

/** x [...b, ...n, ...a] with indices [...b, ...i, k] into the k axes n. All of b and n are fixed. */
type Layout = {
  readonly batch: readonly number[];
  readonly sizes: readonly number[];
  readonly rest: Value['shape'];
};

function layoutOf({ node }: NodeContext, x: Value, depth: number): Layout {
  const skipped = intAttribute(node, 'batch_dims', 0);
  return {
    batch: sizesOf(x, range(skipped)),
    sizes: sizesOf(
      x,
      range(depth).map((at) => at + skipped),
    ),
    rest: x.shape.slice(skipped + depth),
  };
}

const flatRows = ({ p }: NodeContext, x: Value, { batch, sizes, rest }: Layout): Value =>
  p.reshape(x, [staticSize([...batch, ...sizes]), ...rest]);

/** Places in the flattened axes b and n, one per index. */
function flatPlaces(context: NodeContext, x: Value): { places: number[]; layout: Layout } {
  const indices = context.constant(1);
  if (indices === undefined) throw new NotLowered('GatherND at computed places');
  const depth = indices.shape.at(-1) ?? 0;
  const layout = layoutOf(context, x, depth);
  const strides = stridesOf(layout.sizes);
  const numbers = toNumbers(indices);
  const count = depth === 0 ? 0 : numbers.length / depth;
  const perBatch = count / staticSize(layout.batch);
  const places = range(count).map((row) =>
    strides.reduce(
      (sum, stride, at) => sum + stride * fromFront(numbers[row * depth + at] ?? 0, layout.sizes[at] ?? 1),
      Math.floor(row / perBatch) * staticSize(layout.sizes),
    ),
  );
  return { places, layout };
}

function gathered(context: NodeContext, x: Value): Value {
  const { places, layout } = flatPlaces(context, x);
  return context.p.reshape(picked(context.p, flatRows(context, x, layout), 0, places), context.output.shape);
}

/** The same places of computed indices, [...b, ...i]. */
function computedPlaces({ p }: NodeContext, indices: Value, { batch, sizes }: Layout): Value {
  const last = indices.shape.length - 1;
  const shape = indices.shape.slice(0, last);
  const strides = stridesOf(sizes);
  const parts = sizes.map((size, at) => {
    const component = p.reshape(p.slice(indices, last, at, at + 1), shape);
    return p.mul(computedFromFront(p, component, size), strides[at] ?? 1);
  });
  const [first, ...others] = parts;
  if (first === undefined || batch.length > 0) throw new NotLowered('GatherND at computed places in batches');
  return others.reduce((sum, part) => p.add(sum, part), first);
}

function lower(context: Parameters<Operator['lower']>[0]): Value {
  const x = operand(context, 0);
  if (context.constant(1) !== undefined) return gathered(context, x);
  const indices = operand(context, 1);
  const layout = layoutOf(context, x, Number(indices.shape.at(-1)));
  return context.p.gather(flatRows(context, x, layout), computedPlaces(context, indices, layout), 0);
}

/** True where an index vector [...i, k] may name a place of the k axes: [...i, n], n their flattened size. */
export function mayNameVector({ p }: NodeContext, index: Interval, sizes: readonly number[]): Value {
  const last = index.lower.shape.length - 1;
  const shape = index.lower.shape.slice(0, last);
  const masks = sizes.map((size, at) => {
    const component = (value: Value) => p.reshape(p.slice(value, last, at, at + 1), shape);
    const mask = mayName(p, { lower: component(index.lower), upper: component(index.upper) }, last, size);
    return p.reshape(mask, [...shape, ...sizes.map((_, axis) => (axis === at ? size : 1))]);
  });
  const all = masks.reduce((left, right) => p.and(left, right));
  return p.reshape(all, [...shape, staticSize(sizes)]);
}

function vectorHull(context: IntervalContext): Interval {
  const { p } = context;
  const [x, index] = [context.input(0), context.input(1)];
  const layout = layoutOf(context, x.lower, Number(index.lower.shape.at(-1)));
  const { batch, rest } = layout;
  const size = staticSize(layout.sizes);
  const count = index.lower.shape.length - 1 - batch.length;
  const apart = (value: Value) => p.reshape(value, [...batch, ...range(count).map(() => 1), size, ...rest]);
  const possible = spread(
    p,
    mayNameVector(context, index, layout.sizes),
    batch.length + count + 1,
    rest.length,
  );
  return hull(p, possible, { lower: apart(x.lower), upper: apart(x.upper) }, batch.length + count);
}

/**
 * GatherND (ONNX opset 11+). x [...b, ...n, ...a], indices [...b, ...i, k] -> [...b, ...i, ...a].
 * Constant indices: exact. Computed ones: bounds over the places that they may name.
 */
export const gatherND = {
  type: 'GatherND',
  integers: true,
  lower,
  interval: (context) =>
    context.constant(1) === undefined ? vectorHull(context) : movedInterval(context, gathered),
  relax: (context) =>
    context.constant(1) === undefined
      ? undefined
      : movedRelaxation(context, gathered, (_, x) => multiplicity(flatPlaces(context, x).places)),
  tightens: 'nowhere',
} satisfies Operator;

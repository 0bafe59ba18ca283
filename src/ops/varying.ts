// Bounds of values whose shape depends on data: one pair of numbers for all elements, however many there are.
import { float32, toNumbers } from '../base/tensor.js';
import { staticDim } from '../program/dims.js';
import type { Value } from '../program/value.js';
import { intAttribute, intsAttribute } from './attributes.js';
import { finite, type Interval, monotone } from './interval.js';
import { range } from './movement.js';
import { type IntervalContext, type Operator, Unbounded } from './operator.js';
import { mayNameVector } from './operators/gather-nd.js';

/** The result's elements are among those of the first input. */
const movers = new Set([
  'Expand',
  'Flatten',
  'Identity',
  'Reshape',
  'Slice',
  'Squeeze',
  'Tile',
  'Transpose',
  'Unsqueeze',
]);

/** Element by element: what holds of every pair of elements holds of the results. */
const elementwise = new Set(['Add', 'Cast', 'Neg', 'Relu', 'Sub']);

/**
 * The rule of a node that reads or makes a value of varying shape. Such a value has bounds
 * without axes, or along its last axis where that has a fixed size, such as that of index vectors.
 * @param isVarying by position of the input
 */
export function varyingInterval(
  context: IntervalContext,
  operator: Operator | undefined,
  isVarying: (position: number) => boolean,
): Interval {
  const { node } = context;
  if (node.type === 'Unsqueeze' && addsLastAxis(context)) return alongLast(context, context.input(0));
  if (node.type === 'Slice' && !isVarying(0)) return everywhere(context, reachedBySlice(context));
  if (movers.has(node.type)) return everywhere(context, context.input(0));
  if (node.type === 'Concat') return joined(context, isVarying);
  if (node.type === 'Shape') return unknownSizes(context);
  if (node.type === 'ScatterND' && !isVarying(0)) return scattered(context);
  if (elementwise.has(node.type) && operator?.interval) {
    return operator.interval({ ...context, input: (at) => everywhere(context, context.input(at)) });
  }
  throw new Unbounded(`node "${node.name}" (${node.type}): the shape of its values depends on data`);
}

/** Bounds of all elements, without axes. One of which nothing is known may be any of them. */
function everywhere({ p }: IntervalContext, x: Interval): Interval {
  const { shape } = x.lower;
  const axes = range(shape.length);
  for (const axis of axes) staticDim(shape, axis);
  const all = (value: Value, reduce: (value: Value, axes: readonly number[]) => Value) =>
    p.reshape(reduce(value, axes), []);
  return { lower: all(x.lower, p.reduceMin), upper: all(x.upper, p.reduceMax) };
}

function union({ p }: IntervalContext, [first, ...others]: readonly Interval[]): Interval {
  if (first === undefined) throw new Unbounded('Concat of nothing');
  return others.reduce(
    (all, next) => ({ lower: p.min(all.lower, next.lower), upper: p.max(all.upper, next.upper) }),
    first,
  );
}

/** One number per axis, of which nothing is known. */
function unknownSizes({ p, rounding, output }: IntervalContext): Interval {
  const all = (value: number) => p.expand(p.scalar(rounding.dtype, value), output.shape);
  return { lower: all(-Infinity), upper: all(Infinity) };
}

/** data [...n, ...a], wherever updates may go and however many there are. */
function scattered(context: IntervalContext): Interval {
  if (context.node.attributes.get('reduction')?.kind === 'string')
    throw new Unbounded('ScatterND with a reduction');
  const { p } = context;
  const [data, index, updates] = [context.input(0), context.input(1), everywhere(context, context.input(2))];
  const anywhere = { lower: p.min(data.lower, updates.lower), upper: p.max(data.upper, updates.upper) };
  const { shape } = data.lower;
  const depth = index.lower.shape[0];
  if (index.lower.shape.length !== 1 || typeof depth !== 'number') return anywhere;
  const sizes = range(depth).map((axis) => staticDim(shape, axis));
  const named = mayNameVector(
    context,
    monotone(index, (bound) => p.reshape(bound, [1, depth])),
    sizes,
  );
  const possible = p.reshape(named, [...sizes, ...shape.slice(depth).map(() => 1)]);
  return {
    lower: p.where(possible, anywhere.lower, data.lower),
    upper: p.where(possible, anywhere.upper, data.upper),
  };
}

/** Whether the last axis of the result is a new one, of size 1. */
function addsLastAxis({ node, constant, output }: IntervalContext): boolean {
  const given = constant(1);
  const axes = intsAttribute(node, 'axes') ?? (given && toNumbers(given)) ?? [];
  return axes.some((axis) => axis === -1 || axis === output.shape.length - 1);
}

const alongLast = (context: IntervalContext, x: Interval): Interval =>
  monotone(everywhere(context, x), (bound) => context.p.reshape(bound, [1]));

/** Along the last axis, where all parts have it, one after the other; else all at once. */
function joined(context: IntervalContext, isVarying: (position: number) => boolean): Interval {
  const { p, node, output } = context;
  const parts = node.inputs.map((_, at) => context.input(at));
  const axis = intAttribute(node, 'axis', 0);
  const last = axis === -1 || axis === output.shape.length - 1;
  if (!last || !parts.every(({ lower }, at) => isVarying(at) && lower.shape.length === 1))
    return union(
      context,
      parts.map((part) => everywhere(context, part)),
    );
  return {
    lower: p.concat(
      parts.map(({ lower }) => lower),
      0,
    ),
    upper: p.concat(
      parts.map(({ upper }) => upper),
      0,
    ),
  };
}

/** Elements that a slice by 1 along one axis may reach; all of them where that cannot be told, or where there may be none. */
function reachedBySlice(context: IntervalContext): Interval {
  const { p, rounding, has, constant } = context;
  const x = context.input(0);
  const { shape } = x.lower;
  const [axes, steps] = [constant(3), constant(4)];
  const [axis, step] = [axes && toNumbers(axes)[0], steps === undefined ? 1 : toNumbers(steps)[0]];
  const plain = axes?.shape[0] === 1 && step === 1 && (steps !== undefined || !has(4));
  if (context.opset < 10 || !plain || axis === undefined) return x;
  const along = axis < 0 ? axis + shape.length : axis;
  const [start, end] = [context.input(1), context.input(2)].map((bounds) =>
    monotone(bounds, (bound) => p.reshape(bound, [])),
  );
  if (start === undefined || end === undefined) return x;
  const column = [staticDim(shape, along), ...shape.slice(along + 1).map(() => 1)];
  const places = p.cast(p.constant(float32(range(Number(column[0])), column)), rounding.dtype);
  // Below zero, places count from the end.
  const told = p.and(
    p.and(finite(p, start, end), p.greaterOrEqual(start.lower, 0)),
    p.greaterOrEqual(end.lower, 0),
  );
  const inside = p.and(p.greaterOrEqual(places, start.lower), p.less(places, end.upper));
  const none = p.greaterOrEqual(start.lower, p.min(end.upper, Number(column[0])));
  const reached = p.or(inside, p.or(p.not(told), none));
  return {
    lower: p.where(reached, x.lower, Infinity),
    upper: p.where(reached, x.upper, -Infinity),
  };
}

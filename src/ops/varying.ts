// Bounds of values whose shape depends on data: one pair of numbers for all elements, however many there are.
import { staticDim } from '../program/dims.js';
import type { Value } from '../program/value.js';
import type { Interval } from './interval.js';
import { range } from './movement.js';
import { type IntervalContext, type Operator, Unbounded } from './operator.js';

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
 * The rule of a node that reads or makes a value of varying shape. Such a value has bounds without axes.
 * @param isVarying by position of the input
 */
export function varyingInterval(
  context: IntervalContext,
  operator: Operator | undefined,
  isVarying: (position: number) => boolean,
): Interval {
  const { node } = context;
  if (movers.has(node.type)) return everywhere(context, context.input(0));
  if (node.type === 'Concat')
    return union(
      context,
      node.inputs.map((_, at) => everywhere(context, context.input(at))),
    );
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

/** data [...d], wherever updates go and however many there are. */
function scattered(context: IntervalContext): Interval {
  if (context.node.attributes.get('reduction')?.kind === 'string')
    throw new Unbounded('ScatterND with a reduction');
  const [data, updates] = [context.input(0), everywhere(context, context.input(2))];
  const { p } = context;
  return { lower: p.min(data.lower, updates.lower), upper: p.max(data.upper, updates.upper) };
}

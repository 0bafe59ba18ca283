// ScatterElements and ScatterND: data with some elements replaced by updates.
import { int64 } from '../../base/tensor.js';
import { type Dims, isStatic, productDim, staticDim, staticSize } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { intAttribute, stringAttribute } from '../attributes.js';
import { greatestTerms, type Interval, monotone } from '../interval.js';
import { linearRelaxation } from '../linear.js';
import { frontAxis, multiplicity, range } from '../movement.js';
import {
  type IntervalContext,
  type LowerContext,
  type NodeContext,
  NotLowered,
  type Operator,
  operand,
  type RelaxContext,
} from '../operator.js';
import { hull, mayName, spread } from '../places.js';
import { elementTargets, sourcesOf, vectorTargets } from '../scatter-map.js';
import { mayNameVector } from './gather-nd.js';

/** Data and updates as rows, each of which goes as a whole; `targets` are places of rows, undefined where they are computed. */
type Rows = { readonly count: number; readonly rest: Dims; readonly targets: readonly number[] | undefined };
type RowsOf = (context: NodeContext, data: Value) => Rows;

function replacingOnly({ node }: NodeContext): void {
  const reduction = stringAttribute(node, 'reduction', 'none');
  if (reduction !== 'none') throw new NotLowered(`${node.type} with reduction ${reduction}`);
}

/** The result as rows of data and updates, one after the other. */
function scattered(
  { p, node }: NodeContext,
  data: Value,
  updates: Value,
  { count, rest, targets }: Rows,
): Value {
  if (targets === undefined) throw new NotLowered(`${node.type} at computed places`);
  const given = p.reshape(updates, [targets.length, ...rest]);
  const both = p.concat([p.reshape(data, [count, ...rest]), given], 0);
  return p.reshape(p.gather(both, p.constant(int64(sourcesOf(count, targets))), 0), data.shape);
}

/** Where two updates meet, ONNX Runtime may write them in any order. */
const collide = (targets: readonly number[]): boolean => multiplicity(targets) > 1;

function exactly(context: IntervalContext, rows: Rows): Interval {
  const [data, updates] = [context.input(0), context.input(2)];
  return {
    lower: scattered(context, data.lower, updates.lower, rows),
    upper: scattered(context, data.upper, updates.upper, rows),
    terms: greatestTerms(data, updates),
  };
}

/** Data where no update is surely written, together with what updates may be written there, one per place along `axis`. */
function overwritten(
  { p }: NodeContext,
  data: Interval,
  updates: Interval,
  possible: Value,
  pointed: Value,
  axis: number,
): Interval {
  const update = hull(p, possible, updates, axis);
  const surely = p.cast(p.and(possible, pointed), data.lower.dtype);
  const replaced = p.greater(p.reshape(p.reduceMax(surely, [axis]), surely.shape.toSpliced(axis, 1)), 0);
  return {
    lower: p.where(replaced, update.lower, p.min(data.lower, update.lower)),
    upper: p.where(replaced, update.upper, p.max(data.upper, update.upper)),
  };
}

function relaxed(context: RelaxContext, rowsOf: RowsOf) {
  const { p } = context;
  const [data, updates] = [context.input(0).lower, context.input(2).lower];
  const rows = rowsOf(context, data);
  if (rows.targets === undefined || collide(rows.targets)) return undefined;
  const nothing = (value: Value) => p.fillLike(value, 0);
  return linearRelaxation(context, [
    { input: 0, linear: (z) => scattered(context, z, nothing(updates), rows) },
    { input: 2, linear: (z) => scattered(context, nothing(data), z, rows) },
  ]);
}

function bounded(
  context: IntervalContext,
  rowsOf: RowsOf,
  anywhere: (context: IntervalContext) => Interval,
): Interval {
  replacingOnly(context);
  const rows = context.constant(1) && rowsOf(context, context.input(0).lower);
  return rows?.targets === undefined || collide(rows.targets) ? anywhere(context) : exactly(context, rows);
}

const elementAxis = ({ node, output }: NodeContext): number =>
  frontAxis(node, intAttribute(node, 'axis', 0), output.shape.length);

/** Rows of one element, in data without open axes. */
function elementRows(context: NodeContext, data: Value): Rows {
  const indices = context.constant(1);
  if (!isStatic(data.shape)) throw new NotLowered('ScatterElements into an open axis');
  const targets = indices && elementTargets(data.shape, indices, elementAxis(context));
  return { count: staticSize(data.shape), rest: [], targets };
}

/** data [...n, ...a] with indices [...i, k] into the axes n: rows of shape a, which may be open. */
function vectorRows(context: NodeContext, data: Value): Rows {
  const indices = context.constant(1);
  const depth = indices?.shape.at(-1) ?? 0;
  const sizes = data.shape.slice(0, depth).map((_, axis) => staticDim(data.shape, axis));
  const targets = indices && vectorTargets(sizes, indices);
  return { count: staticSize(sizes), rest: data.shape.slice(depth), targets };
}

/** Every update may go to the places of its own line along the axis that its index may name. */
function elementsAnywhere(context: IntervalContext): Interval {
  const { p } = context;
  const [data, index, updates] = [context.input(0), context.input(1), context.input(2)];
  const axis = elementAxis(context);
  const { shape } = data.lower;
  if (index.lower.shape.some((dim, at) => at !== axis && dim !== shape[at]))
    throw new NotLowered('ScatterElements at computed places of a part');
  const apart = (value: Value) => spread(p, value, axis + 1, 1);
  return overwritten(
    context,
    data,
    monotone(updates, apart),
    mayName(p, index, axis + 1, staticDim(shape, axis)),
    apart(p.equal(index.lower, index.upper)),
    axis,
  );
}

/** Merges the first axes into one. */
const leadingMerged = (p: Program, x: Value, count: number): Value =>
  p.reshape(x, [productDim(x.shape.slice(0, count)), ...x.shape.slice(count)]);

/** data [...n, ...a], indices [...i, k], updates [...i, ...a]: seen as [1, n, a], [i, k] and [i, 1, a]. */
function vectorsAnywhere(context: IntervalContext): Interval {
  const { p } = context;
  const [data, index, updates] = [context.input(0), context.input(1), context.input(2)];
  const { shape } = data.lower;
  const count = index.lower.shape.length - 1;
  const depth = staticDim(index.lower.shape, count);
  const sizes = range(depth).map((axis) => staticDim(shape, axis));
  const width = staticSize(shape.slice(depth));
  const possible = leadingMerged(p, mayNameVector(context, index, sizes), count);
  const points = p.reduceMin(p.cast(p.equal(index.lower, index.upper), data.lower.dtype), [count]);
  const rows = staticDim(possible.shape, 0);
  const flat = overwritten(
    context,
    monotone(data, (value) => p.reshape(value, [staticSize(sizes), width])),
    monotone(updates, (value) => p.reshape(value, [rows, 1, width])),
    p.reshape(possible, [rows, staticSize(sizes), 1]),
    p.reshape(p.greater(points, 0), [rows, 1, 1]),
    0,
  );
  return monotone(flat, (value) => p.reshape(value, shape));
}

/** Indices may be shorter than data along the other axes: then only constant ones are lowered. */
function replaced(context: LowerContext): Value {
  const { p } = context;
  const [data, indices, updates] = [operand(context, 0), operand(context, 1), operand(context, 2)];
  const axis = elementAxis(context);
  const whole = indices.shape.every((dim, at) => at === axis || dim === data.shape[at]);
  return whole || context.constant(1) === undefined
    ? p.replaceElements(data, indices, updates, axis)
    : scattered(context, data, updates, elementRows(context, data));
}

/**
 * ScatterElements (ONNX opset 11+) that replaces. data [...n], indices and updates [...i] -> [...n].
 * Constant indices: exact. Computed ones: data, or what may be written there.
 */
export const scatterElements = {
  type: 'ScatterElements',
  integers: true,
  lower: (context) => {
    replacingOnly(context);
    return replaced(context);
  },
  interval: (context) => bounded(context, elementRows, elementsAnywhere),
  relax: (context) => relaxed(context, elementRows),
  tightens: 'nowhere',
} satisfies Operator;

/**
 * ScatterND (ONNX opset 11+) that replaces. data [...n, ...a], indices [...i, k], updates [...i, ...a] -> [...n, ...a].
 * Constant indices: exact. Computed ones: data, or what may be written there.
 */
export const scatterND = {
  type: 'ScatterND',
  integers: true,
  lower: (context) => {
    replacingOnly(context);
    const data = operand(context, 0);
    return scattered(context, data, operand(context, 2), vectorRows(context, data));
  },
  interval: (context) => bounded(context, vectorRows, vectorsAnywhere),
  relax: (context) => relaxed(context, vectorRows),
  tightens: 'nowhere',
} satisfies Operator;

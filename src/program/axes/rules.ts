// How a primitive is applied to values of which axes of length 1 are left out: which of its inputs' axes those are, and what it is told then.
import type { Dims } from '../dims.js';
import { binaryPrimitives } from '../primitives/binary.js';
import { selectPrimitives } from '../primitives/select.js';
import { unaryPrimitives } from '../primitives/unary.js';
import { type Attributes, int, ints, type Value } from '../value.js';

const elementwise = Object.keys({ ...unaryPrimitives, ...binaryPrimitives, ...selectPrimitives });

/** Axes of a value that are left out, each of length 1, in order. */
export type Left = readonly number[];

export type Applied = {
  /** By input, what of it is left out; undefined where any form will do. */
  readonly inputs: readonly (Left | undefined)[];
  readonly attributes: Attributes;
};

/** For `left` of the result; undefined where the primitive needs all axes. */
type Rule = (value: Value, left: Left) => Applied | undefined;

const isUnit = (dims: Dims, axis: number): boolean => dims[axis] === 1;

/** Where an axis is once others are gone. */
const moved = (axis: number, left: Left): number => axis - left.filter((other) => other < axis).length;

/** The same axes, counted from the last: those that an input lacks cannot be left out of it. */
const alignedTo = (rank: number, value: Value, left: Left): Left =>
  left.map((axis) => axis - value.shape.length + rank).filter((axis) => axis >= 0);

const broadcasting: Rule = (value, left) => ({
  inputs: value.inputs.map((input) => alignedTo(input.shape.length, value, left)),
  attributes: value.attributes,
});

/** Primitives along one axis, which stays. */
const along: Rule = (value, left) => {
  const axis = int(value.attributes, 'axis');
  if (left.includes(axis)) return undefined;
  return {
    inputs: value.inputs.map(() => left),
    attributes: { ...value.attributes, axis: moved(axis, left) },
  };
};

const reducing: Rule = (value, left) => {
  const axes = ints(value.attributes, 'axes');
  if (axes.some((axis) => left.includes(axis))) return undefined;
  return {
    inputs: [left],
    attributes: { ...value.attributes, axes: axes.map((axis) => moved(axis, left)) },
  };
};

const transpose: Rule = (value, left) => {
  const order = ints(value.attributes, 'order');
  const gone = left.flatMap((axis) => order[axis] ?? []).sort((a, b) => a - b);
  const kept = order.filter((axis) => !gone.includes(axis));
  return { inputs: [gone], attributes: { order: kept.map((axis) => moved(axis, gone)) } };
};

/** One row is a row of more where all rows meet one matrix. */
const matmul: Rule = (value, left) => {
  const rank = value.shape.length;
  const [a, b] = value.inputs;
  if (a === undefined || b === undefined || left.includes(rank - 1)) return undefined;
  const ofA = alignedTo(a.shape.length, value, left);
  const ofB = alignedTo(b.shape.length, value, left);
  if (!left.includes(rank - 2)) return { inputs: [ofA, ofB], attributes: {} };
  if (b.shape.length !== 2 || a.shape.length - ofA.length < 2) return undefined;
  return { inputs: [ofA, []], attributes: {} };
};

/** Of a table along its first axis, with all axes of the indices. */
const gather: Rule = (value, left) => {
  const [table, indices] = value.inputs;
  const rank = indices?.shape.length ?? 0;
  if (table === undefined || int(value.attributes, 'axis') !== 0 || left.some((axis) => axis < rank))
    return undefined;
  return { inputs: [left.map((axis) => axis - rank + 1), []], attributes: value.attributes };
};

/**
 * What to leave out of x for it to be what `to` is; undefined where more than axes of length 1 are moved. Of x less is left out where
 * `to` has more of them.
 */
function viewed(x: Dims, to: Dims): Left | undefined {
  const gone: number[] = [];
  let at = 0;
  for (let axis = 0; axis < x.length; axis++) {
    if (isUnit(x, axis) && !isUnit(to, at)) gone.push(axis);
    else if (x[axis] === to[at]) at++;
    else if (isUnit(to, at)) {
      at++;
      axis--;
    } else return undefined;
  }
  return to.slice(at).every((_, after) => isUnit(to, at + after)) ? gone : undefined;
}

export const without = (dims: Dims, left: Left): Dims =>
  left.length === 0 ? dims : dims.filter((_, axis) => !left.includes(axis));

const reshape: Rule = (value, left) => {
  const [x] = value.inputs;
  if (x === undefined || value.inputs.length > 1) return undefined;
  const to = without(value.shape, left);
  return { inputs: [viewed(x.shape, to)], attributes: { to: to.join() } };
};

/** Primitives that need no axes of length 1; others are applied to values as they are: sums of other shapes are rounded otherwise. */
const rules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(elementwise.map((name) => [name, broadcasting])),
  concat: along,
  piece: along,
  slice: along,
  reduceMax: reducing,
  reduceMin: reducing,
  transpose,
  matmul,
  gather,
  reshape,
};

export const appliedTo = (value: Value, left: Left): Applied | undefined =>
  rules[value.primitive]?.(value, left);

import { broadcastAxes, type Dims, staticDim } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { affineInterval, weightMagnitude } from '../affine.js';
import { type Bilinear, bilinearInterval } from '../bilinear.js';
import { bilinearRelaxation } from '../bilinear-relaxation.js';
import { combinedProduct, isWorthCombining } from '../combined-product.js';
import { type Interval, isPoint, type Scales } from '../interval.js';
import { type IntervalContext, type Operator, operand } from '../operator.js';

/** A vector is a row on the left, a column on the right; the axis that this adds is dropped from the result. */
const asRow = (p: Program, a: Value): Value => (a.shape.length === 1 ? p.reshape(a, [1, ...a.shape]) : a);
const asColumn = (p: Program, b: Value): Value => (b.shape.length === 1 ? p.reshape(b, [...b.shape, 1]) : b);

function withoutAdded(p: Program, y: Value, a: Value, b: Value): Value {
  const rank = y.shape.length;
  const added = new Set([
    ...(a.shape.length === 1 ? [rank - 2] : []),
    ...(b.shape.length === 1 ? [rank - 1] : []),
  ]);
  return p.reshape(
    y,
    y.shape.filter((_, axis) => !added.has(axis)),
  );
}

const product = (p: Program, a: Value, b: Value): Value =>
  withoutAdded(p, p.matmul(asRow(p, a), asColumn(p, b)), a, b);

const formOf = (p: Program, b: Value): Bilinear => ({
  product: (left, right) => product(p, left, right),
  length: staticDim(b.shape, Math.max(b.shape.length - 2, 0)),
});

/** |alpha| that MatMulScaleFusion may take from the inputs and apply behind the product. */
function lateScale(p: Program, ...sides: readonly Interval[]): Scales | undefined {
  const all = sides.flatMap(({ scaledBy }) => scaledBy ?? []);
  if (all.length === 0) return undefined;
  return all.reduce((some, { least, most, merged }) => ({
    least: p.mul(some.least, least),
    most: p.mul(some.most, most),
    merged: some.merged || merged,
  }));
}

/** One element of an operand is read along the other operand's free axis, and by every batch entry that it is broadcast to. */
function readersOf(output: Dims, operand: Dims, onLeft: boolean): number {
  const free = Number(output.at(onLeft ? -1 : -2) ?? 1);
  const batches = broadcastAxes(output.slice(0, -2), operand.slice(0, -2));
  return batches.reduce((readers, axis) => readers * Number(output[axis] ?? 1), free);
}

/** Scales behind the product may be taken together with those before it. */
function interval(context: IntervalContext): Interval {
  const { p, rounding } = context;
  const one = p.scalar(rounding.dtype, 1);
  const late = lateScale(p, context.input(0), context.input(1)) ?? { least: one, most: one };
  return { ...productInterval(context), scaledBy: { ...late, merged: true } };
}

function productInterval(context: IntervalContext): Interval {
  const { p, rounding } = context;
  const [a, b] = [context.input(0), context.input(1)];
  const form = formOf(p, b.lower);
  const late = lateScale(p, a, b);
  if (!isPoint(a) && !isPoint(b)) return bilinearInterval(p, rounding, [a, b], form, late);
  const onRight = isPoint(b);
  const [weight, input] = onRight ? [b.lower, a] : [a.lower, b];
  const absolute = weightMagnitude(p, weight);
  const times = (w: Value) => (z: Value) => (onRight ? form.product(z, w) : form.product(w, z));
  const [left, right] = [asRow(p, a.lower), asColumn(p, b.lower)];
  const sums = onRight ? p.reduceSum(asColumn(p, absolute), [-2]) : p.reduceSum(asRow(p, absolute), [-1]);
  return affineInterval(p, rounding, {
    input,
    linear: times(weight),
    absLinear: times(absolute),
    norm: withoutAdded(p, sums, a.lower, b.lower),
    bias: undefined,
    length: form.length,
    readers: readersOf(p.matmul(left, right).shape, (onRight ? left : right).shape, onRight),
    weight: onRight && weight.shape.length === 2 ? weight : undefined,
    late,
  });
}

/**
 * MatMul (ONNX opset 1+). a [...b, m, k], b [...b, k, n] -> [...b, m, n]; vectors as in NumPy.
 * Interval: affine where one side is constant, else the product of two boxes. Relaxation: mean of McCormick's planes.
 * Rounding: gamma_k |a| |b| in any order of summation (Higham, ch. 3).
 */
export const matmul = {
  type: 'MatMul',
  lower: (context) => product(context.p, operand(context, 0), operand(context, 1)),
  interval,
  relax: (context) => {
    const [a, b] = [context.input(0), context.input(1)];
    const [form, late] = [formOf(context.p, b.lower), lateScale(context.p, a, b)];
    const zonotope = late === undefined && !isPoint(a) && !isPoint(b) ? context.zonotope?.(1) : undefined;
    if (zonotope !== undefined && isWorthCombining(a.lower, zonotope))
      return combinedProduct(context, form, zonotope);
    return bilinearRelaxation(context, form, { late });
  },
} satisfies Operator;

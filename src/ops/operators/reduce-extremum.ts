// ReduceMax and ReduceMin.
import { sizeOf } from '../../base/shape.js';
import { staticDim } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { type Contest, greatestRelaxation } from '../greatest.js';
import { type Interval, monotone, unlessInfinite } from '../interval.js';
import { range } from '../movement.js';
import { type Operator, operand, type RelaxContext } from '../operator.js';
import { reducedAxes, reducedBy } from '../reduction.js';

/** The reduced axes last, as one: [...kept, 1, k]. `x` is what the greatest is asked of. */
export function contestOver(p: Program, x: Interval, reduced: readonly number[]): Contest {
  const { shape } = x.lower;
  const kept = range(shape.length).filter((axis) => !reduced.includes(axis));
  const order = [...kept, ...reduced];
  const outer = kept.map((axis) => shape[axis] ?? 1);
  const sizes = reduced.map((axis) => staticDim(shape, axis));
  const size = sizeOf(sizes);
  const rowsOf = (value: Value) => value.shape[0] ?? 1;
  return {
    candidates: monotone(x, (bound) => p.reshape(p.transpose(bound, order), [...outer, 1, size])),
    places: [range(size)],
    size,
    readers: 1,
    inward: (a) => p.reshape(a, [rowsOf(a), ...outer, 1]),
    outward: (a) =>
      p.transpose(p.reshape(a, [rowsOf(a), ...outer, ...sizes]), [
        0,
        ...range(shape.length).map((axis) => order.indexOf(axis) + 1),
      ]),
  };
}

const contestOf = (context: RelaxContext, x: Interval): Contest =>
  contestOver(context.p, x, reducedAxes(context, x.lower));

/** ReduceMax (ONNX opset 1+). Interval: monotone, exact. Relaxation: the element of the greatest lower bound. */
export const reduceMax = {
  type: 'ReduceMax',
  integers: true,
  lower: (context) => reducedBy(context, operand(context, 0), context.p.reduceMax),
  interval: (context) =>
    monotone(context.input(0), (bound) => reducedBy(context, bound, context.p.reduceMax)),
  relax: (context) => greatestRelaxation(context, contestOf(context, context.input(0)), 1),
} satisfies Operator;

/** ReduceMin (ONNX opset 1+). As ReduceMax, of what is negated. */
export const reduceMin = {
  type: 'ReduceMin',
  integers: true,
  lower: (context) => reducedBy(context, operand(context, 0), context.p.reduceMin),
  interval: (context) => {
    const { p } = context;
    const x = context.input(0);
    // One element of which nothing is known may be the least, or NaN.
    const greatest = reducedBy(context, x.upper, p.reduceMax);
    const least = monotone(x, (bound) => reducedBy(context, bound, p.reduceMin));
    return unlessInfinite(p, { lower: least.lower, upper: greatest }, least);
  },
  relax: (context) => {
    const { p } = context;
    const { lower, upper } = context.input(0);
    return greatestRelaxation(context, contestOf(context, { lower: p.neg(upper), upper: p.neg(lower) }), -1);
  },
} satisfies Operator;

import { staticDim } from '../../program/dims.js';
import type { Value } from '../../program/value.js';
import { type Interval, outward } from '../interval.js';
import { greatestMagnitude } from '../lines.js';
import { logShareBounds, planeAbove, planeBelow } from '../log-sum-exp.js';
import {
  type IntervalContext,
  type LowerContext,
  type Operator,
  operand,
  type RelaxContext,
} from '../operator.js';
import type { Relaxation } from '../relaxation.js';
import { betweenShares, lessPlane } from '../share-relaxation.js';
import { asRows, rowsOf, unlessRowInfinite } from './softmax.js';

function lower(context: LowerContext): Value {
  const x = operand(context, 0);
  const { rows, axis } = asRows(context, x);
  return context.p.reshape(context.p.logSoftmax(rows, axis), x.shape);
}

/**
 * What the deployed node loses: the logarithm of a sum of exponentials, whose relative errors (4 u of the kernel, |t| exp(t) u
 * of t, count u of the sum) are absolute ones of the logarithm; the logarithm's own, relative to it; and differences with the
 * greatest x, in whatever order they are taken.
 */
function deployedError({ p, rounding }: IntervalContext, t: Interval, rows: Interval, axis: number): Value {
  const count = staticDim(rows.lower.shape, axis);
  const size = p.add(greatestMagnitude(p, t), Math.log(count) + 1);
  const greatest = p.reduceMax(greatestMagnitude(p, rows), [axis]);
  const error = p.add(
    p.add(p.mul(size, rounding.deployed(24)), p.mul(greatest, rounding.deployed(4))),
    rounding.deployed(2 * count + 16),
  );
  return p.add(p.mul(error, 1 + 16 * rounding.own), rounding.underflow(8));
}

function interval(context: IntervalContext): Interval {
  const { p, rounding } = context;
  const x = context.input(0);
  const { rows, axis } = rowsOf(context, x);
  const t = logShareBounds(p, rounding, rows, axis);
  const error = deployedError(context, t, rows, axis);
  const bounds = outward(p, rounding, { lower: p.sub(t.lower, error), upper: p.add(t.upper, error) }, 0);
  return unlessRowInfinite(context, x, { rows, axis }, bounds);
}

function relax(context: RelaxContext): Relaxation {
  const { p, rounding } = context;
  const { rows, axis } = rowsOf(context, context.input(0));
  const error = deployedError(context, logShareBounds(p, rounding, rows, axis), rows, axis);
  const below = lessPlane(context, planeAbove(p, rounding, rows, axis, context.choose), rows.lower);
  const above = lessPlane(context, planeBelow(p, rounding, rows, axis, context.choose), rows.lower);
  return betweenShares(
    context,
    rows,
    axis,
    { ...below, offset: p.sub(below.offset, error) },
    { ...above, offset: p.add(above.offset, error) },
  );
}

/**
 * LogSoftmax (ONNX opset 1+). x [...d] -> [...d], minus infinity for none of its inputs.
 * Interval: exact in real arithmetic but for the difference of sums. Rounding: see `deployedError`. Relaxation: see log-sum-exp.ts.
 */
export const logSoftmax = { type: 'LogSoftmax', lower, interval, relax } satisfies Operator;

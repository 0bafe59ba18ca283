// ArgMax and ArgMin: where along an axis the greatest or least element is.
import { isFloat } from '../../base/dtype.js';
import { float32 } from '../../base/tensor.js';
import { staticDim } from '../../program/dims.js';
import type { Value } from '../../program/value.js';
import { intAttribute } from '../attributes.js';
import { finite, type Interval } from '../interval.js';
import { frontAxis, picked, range } from '../movement.js';
import {
  type IntervalContext,
  type LowerContext,
  type NodeContext,
  NotLowered,
  type Operator,
  operand,
} from '../operator.js';

const axisOf = ({ node }: NodeContext, x: Value): number =>
  frontAxis(node, intAttribute(node, 'axis', 0), x.shape.length);

/** Of equal elements the first, or on request (opset 12+) the last. */
function lower(context: LowerContext, extreme: (x: Value) => Value): Value {
  const { p, node, output } = context;
  const x = extreme(operand(context, 0));
  const axis = axisOf(context, x);
  if (intAttribute(node, 'select_last_index', 0) === 0) return p.reshape(p.argMax(x, axis), output.shape);
  const size = staticDim(x.shape, axis);
  const reversed = picked(p, x, axis, range(size).reverse());
  return p.reshape(p.sub(size - 1, p.argMax(reversed, axis)), output.shape);
}

/** From the first to the last element whose upper bound reaches the greatest lower bound; ties may go either way. */
function interval(context: IntervalContext, x: Interval): Interval {
  const { p, rounding, output } = context;
  const axis = axisOf(context, x.lower);
  const size = staticDim(x.lower.shape, axis);
  const column = [size, ...x.lower.shape.slice(axis + 1).map(() => 1)];
  const places = p.cast(p.constant(float32(range(size), column)), rounding.dtype);
  const candidate = p.greaterOrEqual(x.upper, p.reduceMax(x.lower, [axis]));
  const bounds = {
    lower: p.reduceMin(p.where(candidate, places, size - 1), [axis]),
    upper: p.reduceMax(p.where(candidate, places, 0), [axis]),
  };
  // NaN anywhere may win or be passed over.
  const known = p.cast(finite(p, x), rounding.dtype);
  const sound = p.greater(p.reduceMin(known, [axis]), 0);
  const anywhere = { lower: p.fillLike(bounds.lower, 0), upper: p.fillLike(bounds.upper, size - 1) };
  return {
    lower: p.reshape(p.where(sound, bounds.lower, anywhere.lower), output.shape),
    upper: p.reshape(p.where(sound, bounds.upper, anywhere.upper), output.shape),
  };
}

/** ArgMax (ONNX opset 1+). Interval: all that may be greatest. */
export const argMax = {
  type: 'ArgMax',
  integers: true,
  lower: (context) => lower(context, (x) => x),
  interval: (context) => interval(context, context.input(0)),
} satisfies Operator;

/** ArgMin (ONNX opset 1+). As ArgMax of what is negated, which is exact. */
export const argMin = {
  type: 'ArgMin',
  integers: true,
  lower: (context) => {
    if (!isFloat(operand(context, 0).dtype)) throw new NotLowered('ArgMin of integers');
    return lower(context, context.p.neg);
  },
  interval: (context) => {
    const { p } = context;
    const x = context.input(0);
    return interval(context, { lower: p.neg(x.upper), upper: p.neg(x.lower) });
  },
} satisfies Operator;

import { float32, toNumbers } from '../../base/tensor.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { intAttribute } from '../attributes.js';
import { finite, type Interval } from '../interval.js';
import { frontAxis, range } from '../movement.js';
import { type IntervalContext, type NodeContext, NotLowered, type Operator, operand } from '../operator.js';
import { mayName, spread } from '../places.js';

/** Where the new axis goes, its size, and the two values. */
function formOf({ p, node, output, constant }: NodeContext) {
  const [depth, values] = [constant(1), constant(2)];
  if (depth === undefined || values === undefined) throw new NotLowered('OneHot of computed depth or values');
  const both = p.constant(values);
  const value = (at: number) => p.reshape(p.slice(both, 0, at, at + 1), []);
  return {
    axis: frontAxis(node, intAttribute(node, 'axis', -1), output.shape.length),
    size: toNumbers(depth)[0] ?? 0,
    off: value(0),
    on: value(1),
  };
}

/** True where indices, with a new axis, name the place. Counted from the end below zero; outside of the axis, none. */
function named(p: Program, indices: Value, axis: number, size: number): Value {
  const { dtype, shape } = indices;
  const apart = spread(p, indices, axis, 1);
  const column = [size, ...shape.slice(axis).map(() => 1)];
  const at = (first: number) =>
    p.cast(
      p.constant(
        float32(
          range(size).map((place) => place + first),
          column,
        ),
      ),
      dtype,
    );
  return p.or(p.equal(apart, at(0)), p.equal(apart, at(-size)));
}

function interval(context: IntervalContext): Interval {
  const { p, rounding } = context;
  const index = context.input(0);
  const { axis, size, ...values } = formOf(context);
  const [off, on] = [p.cast(values.off, rounding.dtype), p.cast(values.on, rounding.dtype)];
  const possible = mayName(p, index, axis, size);
  const known = p.and(finite(p, index), p.equal(index.lower, index.upper));
  const surely = p.and(possible, spread(p, known, axis, 1));
  const open = (extreme: Value) => p.where(surely, on, p.where(possible, extreme, off));
  return { lower: open(p.min(on, off)), upper: open(p.max(on, off)) };
}

/**
 * OneHot (ONNX opset 9+) of constant depth and values. indices [...i] -> [..., depth, ...].
 * Interval: `on` where the index must be the place, `off` where it cannot be.
 */
export const oneHot = {
  type: 'OneHot',
  integers: true,
  lower: (context) => {
    const { axis, size, off, on } = formOf(context);
    return context.p.where(named(context.p, operand(context, 0), axis, size), on, off);
  },
  interval,
} satisfies Operator;

import { type DType, isFloat } from '../../base/dtype.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { finite, type Interval, monotone, whereSound } from '../interval.js';
import { betweenLines } from '../lines.js';
import { type IntervalContext, type Operator, operand, type RelaxContext, Unbounded } from '../operator.js';
import type { Relaxation } from '../relaxation.js';

/** Up to here a float32 program has every integer. */
const greatestExact = 2 ** 24;

/** Integers that a type holds and a float32 program holds exactly; beyond them a cast gives any number. */
const ranges: Partial<Record<DType, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-greatestExact, greatestExact],
  uint32: [0, greatestExact],
  int64: [-greatestExact, greatestExact],
  uint64: [0, greatestExact],
};

const truncated = (p: Program, x: Value): Value => p.where(p.less(x, 0), p.ceil(x), p.floor(x));

/** Not zero: NaN, too, is true. */
function boolean({ p, rounding }: IntervalContext, x: Interval): Interval {
  const known = finite(p, x);
  const surely = p.or(p.greater(x.lower, 0), p.less(x.upper, 0));
  const surelyNot = p.and(p.greaterOrEqual(x.lower, 0), p.lessOrEqual(x.upper, 0));
  return {
    lower: p.cast(p.and(known, surely), rounding.dtype),
    upper: p.cast(p.not(p.and(known, surelyNot)), rounding.dtype),
  };
}

function interval(context: IntervalContext): Interval {
  const { p, output } = context;
  const x = context.input(0);
  if (output.dtype === 'bool') return boolean(context, x);
  const range = ranges[output.dtype];
  // Rounds by far more than the float32 that bounds are about.
  if (range === undefined && !isFloat(output.dtype))
    throw new Unbounded(`node "${context.node.name}" (Cast): ${output.dtype} rounds more than float32`);
  // Bounded floats are float32, and bounded integers are held by it exactly.
  if (range === undefined) return x;
  const [least, most] = range;
  const whole = monotone(x, (bound) => truncated(p, bound));
  const sound = p.and(p.greaterOrEqual(whole.lower, least), p.lessOrEqual(whole.upper, most));
  return whereSound(p, sound, whole);
}

/** To floats: equal. To integers: towards zero, by less than 1. */
function relax(context: RelaxContext): Relaxation | undefined {
  const { p, rounding, output } = context;
  if (output.dtype === 'bool') return undefined;
  const slope = p.scalar(rounding.dtype, 1);
  if (ranges[output.dtype] === undefined) {
    const offset = p.scalar(rounding.dtype, 0);
    return betweenLines(context, { slope, offset }, { slope, offset });
  }
  const x = context.input(0);
  const [positive, negative] = [p.greater(x.upper, 0), p.less(x.lower, 0)];
  return betweenLines(
    context,
    { slope, offset: p.neg(p.cast(positive, rounding.dtype)) },
    { slope, offset: p.cast(negative, rounding.dtype) },
  );
}

/**
 * Cast (ONNX opset 6+) between float32, integers and booleans; other floats are lowered, not bounded.
 * Interval: towards zero; infinite where the integer type may not hold the number. Exact.
 */
export const cast = {
  type: 'Cast',
  lower: (context) => context.p.cast(operand(context, 0), context.output.dtype),
  interval,
  relax,
  integers: true,
} satisfies Operator;

import { greatestFinite, isFloat } from '../../base/dtype.js';
import type { Value } from '../../program/value.js';
import { floatAttribute } from '../attributes.js';
import { type Interval, isPoint, unlessInfinite } from '../interval.js';
import {
  type IntervalContext,
  type LowerContext,
  type NodeContext,
  NotLowered,
  type Operator,
  operand,
  type RelaxContext,
} from '../operator.js';
import { rampLines } from '../piecewise.js';

/** Least (1) and greatest (2) result: attributes before opset 11, inputs since then. */
type End = 1 | 2;

/** A limit that is no input: an attribute, or the greatest finite number, to which the kernel clips infinity. */
function fixedEnd({ node, opset, output }: NodeContext, end: End): number {
  const limit = greatestFinite[output.dtype === 'float64' ? 'float64' : 'float32'];
  const sided = end === 1 ? -limit : limit;
  return opset < 11 ? floatAttribute(node, end === 1 ? 'min' : 'max', sided) : sided;
}

const isInput = ({ node, opset }: NodeContext, end: End): boolean =>
  opset >= 11 && (node.inputs[end] ?? '') !== '';

/** The kernel takes the maximum first: where the limits cross, the upper one wins. */
function lower(context: LowerContext): Value {
  const { p } = context;
  const x = operand(context, 0);
  if (!isFloat(x.dtype)) return clippedOther(context, x);
  const endOf = (end: End) => (isInput(context, end) ? operand(context, end) : fixedEnd(context, end));
  return p.min(p.max(x, endOf(1)), endOf(2));
}

function clippedOther(context: LowerContext, x: Value): Value {
  if (context.opset < 11) throw new NotLowered('Clip of other types before opset 11');
  const { p } = context;
  const raised = isInput(context, 1) ? p.max(x, operand(context, 1)) : x;
  return isInput(context, 2) ? p.min(raised, operand(context, 2)) : raised;
}

const endInterval = (context: IntervalContext, end: End): Interval => {
  if (isInput(context, end)) return context.input(end);
  const value = context.p.scalar(context.rounding.dtype, fixedEnd(context, end));
  return { lower: value, upper: value };
};

function interval(context: IntervalContext): Interval {
  const { p } = context;
  const [x, least, most] = [context.input(0), endInterval(context, 1), endInterval(context, 2)];
  const inputs = [least, most].filter((_, at) => isInput(context, at === 0 ? 1 : 2));
  const bounds = {
    lower: p.min(p.max(x.lower, least.lower), most.lower),
    upper: p.min(p.max(x.upper, least.upper), most.upper),
  };
  return inputs.reduce((known, input) => unlessInfinite(p, input, known), unlessInfinite(p, x, bounds));
}

function relax(context: RelaxContext) {
  const { p, rounding } = context;
  const [least, most] = [endInterval(context, 1), endInterval(context, 2)];
  if (!isPoint(least) || !isPoint(most)) return undefined;
  return rampLines(
    context,
    {
      f: (z) => p.min(p.max(z, least.lower), most.lower),
      slope: p.scalar(rounding.dtype, 1),
      low: least.lower,
      high: most.lower,
    },
    {},
  );
}

/**
 * Clip (ONNX opset 6+), also as Relu6. x [...d], limits without axes -> [...d].
 * Interval: increasing in all three. Relaxation: lines through the knots, for constant limits. Exact.
 */
export const clip = { type: 'Clip', lower, interval, relax, integers: true } satisfies Operator;

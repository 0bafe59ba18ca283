import { stringAttribute } from '../attributes.js';
import { curveRelaxation } from '../curve.js';
import { type Bent, geluOf } from '../curves.js';
import { type Interval, unlessInfinite } from '../interval.js';
import { withKernelError } from '../kernel-error.js';
import { type IntervalContext, type NodeContext, type Operator, operand } from '../operator.js';

const isApproximate = ({ node }: NodeContext): boolean =>
  stringAttribute(node, 'approximate', 'none') === 'tanh';
const bentOf = (context: NodeContext): Bent => geluOf(isApproximate(context));

/** Where it is least, and how much: found with 30 digits. Near it the function is flat, so that rounding `at` is no matter. */
const leastOf = {
  exact: { at: -0.7517915246935645, value: -0.16997120747990366 },
  approximate: { at: -0.7524614220710163, value: -0.17004075057125406 },
};

function interval(context: IntervalContext): Interval {
  const { p, rounding } = context;
  const x = context.input(0);
  const { curve } = bentOf(context);
  const least = isApproximate(context) ? leastOf.approximate : leastOf.exact;
  const [low, high] = [curve.value(p, x.lower), curve.value(p, x.upper)];
  const isInside = p.and(p.lessOrEqual(x.lower, least.at), p.greaterOrEqual(x.upper, least.at));
  const bounds = { lower: p.where(isInside, least.value, p.min(low, high)), upper: p.max(low, high) };
  return unlessInfinite(p, x, withKernelError(p, rounding, bounds, curve.error));
}

/**
 * Gelu: x Phi(x), or its approximation by tanh (ONNX opset 20+). x [...d] -> [...d].
 * Interval: falls to its least value, then rises. Rounding: measured, for the kernel and for the nodes that it stands for.
 */
export const gelu = {
  type: 'Gelu',
  lower: (context) => bentOf(context).curve.value(context.p, operand(context, 0)),
  interval,
  relax: (context) => curveRelaxation(context, bentOf(context).curve, bentOf(context).bends),
} satisfies Operator;

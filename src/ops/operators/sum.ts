// Sum and Mean of any number of values, with broadcasting.
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { type Interval, outward } from '../interval.js';
import { linearRelaxation } from '../linear.js';
import { broadcastTerms, greatestMagnitude } from '../lines.js';
import {
  type IntervalContext,
  type NodeContext,
  type Operator,
  operand,
  type RelaxContext,
} from '../operator.js';
import type { Relaxation } from '../relaxation.js';

const positions = ({ node }: NodeContext): readonly number[] => node.inputs.map((_, at) => at);

function total(p: Program, [first, ...rest]: readonly Value[]): Value {
  if (first === undefined) throw new RangeError('a sum of nothing');
  return rest.reduce((sum, next) => p.add(sum, next), first);
}

/** What the sum, before it is divided by `count`, loses where it is deployed: as in `sumInterval` of Add, for any fused layers. */
function deployedError(context: IntervalContext, inputs: readonly Interval[]): Value {
  const { p, rounding } = context;
  const fused = inputs.reduce((sum, { terms }) => sum + (terms === undefined ? 0 : terms + 2), 0);
  const reach = inputs.map((input) => greatestMagnitude(p, input));
  return p.mul(total(p, reach), rounding.deployed(inputs.length + fused) * (1 + 8 * rounding.own));
}

/** @param count what the sum is divided by; 1 rounds nothing */
function interval(context: IntervalContext, count: number): Interval {
  const { p, rounding } = context;
  const inputs = positions(context).map((at) => context.input(at));
  const [only] = inputs;
  if (only !== undefined && inputs.length === 1) return only;
  // The program's sums round in units of the magnitudes, too.
  const reach = total(
    p,
    inputs.map((input) => greatestMagnitude(p, input)),
  );
  const own = p.mul(reach, rounding.program(2 * inputs.length + 4));
  const error = p.add(deployedError(context, inputs), own);
  const side = (name: 'lower' | 'upper') =>
    total(
      p,
      inputs.map((input) => input[name]),
    );
  const sum = outward(
    p,
    rounding,
    { lower: p.sub(side('lower'), error), upper: p.add(side('upper'), error) },
    1,
  );
  if (count === 1) return sum;
  // 1 / count and the product round, here and where it is deployed.
  const mean = { lower: p.mul(sum.lower, 1 / count), upper: p.mul(sum.upper, 1 / count) };
  return outward(p, rounding, mean, 3);
}

/** Exact but for what the deployed sum, and the division behind it, round. */
function relax(context: RelaxContext, count: number): Relaxation {
  const { p, rounding, bounds } = context;
  const inputs = positions(context).map((at) => context.input(at));
  const linear = (z: Value): Value => {
    const spread = p.expandLike(z, bounds.lower);
    return count === 1 ? spread : p.mul(spread, 1 / count);
  };
  const exact = linearRelaxation(
    context,
    // Two more readers stand for the roundings of 1 / count and of the product with it.
    inputs.map((_, input) => ({
      input,
      linear,
      readers: broadcastTerms(context, input) + (count === 1 ? 0 : 2),
    })),
  );
  const division = count === 1 ? 0 : rounding.deployed(2) * (1 + 8 * rounding.own);
  const error = p.add(
    p.mul(deployedError(context, inputs), (1 + 8 * rounding.own) / count),
    p.add(p.mul(greatestMagnitude(p, bounds), division), rounding.underflow(inputs.length + 4)),
  );
  const gap = p.mul(error, 1 + 8 * rounding.own);
  return { ...exact, gap: exact.gap === undefined ? gap : p.add(exact.gap, gap) };
}

const operands = (context: Parameters<Operator['lower']>[0]): readonly Value[] =>
  positions(context).map((at) => operand(context, at));

/** Sum (ONNX opset 6+). Interval: the sum of the bounds. Rounding: gamma_n, and what a layer fused with it loses. */
export const sum = {
  type: 'Sum',
  lower: (context) => total(context.p, operands(context)),
  interval: (context) => interval(context, 1),
  relax: (context) => relax(context, 1),
  tightens: 'nowhere',
} satisfies Operator;

/** Mean (ONNX opset 6+). As Sum, divided by the number of values. */
export const mean = {
  type: 'Mean',
  lower: (context) => context.p.div(total(context.p, operands(context)), context.node.inputs.length),
  interval: (context) => interval(context, context.node.inputs.length),
  relax: (context) => relax(context, context.node.inputs.length),
  tightens: 'nowhere',
} satisfies Operator;

// Min and Max of any number of values, with broadcasting.
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { type Interval, unlessInfinite } from '../interval.js';
import { betweenPlanes, greatestMagnitude, lowered, raised, type Slopes } from '../lines.js';
import {
  type IntervalContext,
  type NodeContext,
  type Operator,
  operand,
  type RelaxContext,
} from '../operator.js';
import type { Relaxation } from '../relaxation.js';

type Choose = (p: Program, a: Value, b: Value) => Value;

const positions = ({ node }: NodeContext): readonly number[] => node.inputs.map((_, at) => at);

function chosen(p: Program, [first, ...rest]: readonly Value[], choose: Choose): Value {
  if (first === undefined) throw new RangeError('an extremum of nothing');
  return rest.reduce((best, next) => choose(p, best, next), first);
}

/** Increasing in every input; NaN in one of them may or may not show. */
function extremumInterval(context: IntervalContext, choose: Choose): Interval {
  const { p } = context;
  const inputs = positions(context).map((at) => context.input(at));
  const side = (name: 'lower' | 'upper') =>
    chosen(
      p,
      inputs.map((input) => input[name]),
      choose,
    );
  const bounds = { lower: side('lower'), upper: side('upper') };
  return inputs.reduce((known, input) => unlessInfinite(p, input, known), bounds);
}

/** Extremes of max(a, b) - s a - t b, convex, or of min(a, b) - s a - t b, concave: at the corners of the box. */
function outermost(
  { p, rounding }: RelaxContext,
  [a, b]: readonly [Interval, Interval],
  [s, t]: readonly [Value, Value],
  choose: Choose,
  upward: boolean,
): Value {
  const [outward, outer] = upward ? [raised, p.max] : [lowered, p.min];
  const scale = p.add(p.mul(greatestMagnitude(p, a), 2), p.mul(greatestMagnitude(p, b), 2));
  const corners = [a.lower, a.upper].flatMap((x) =>
    [b.lower, b.upper].map((y) => p.sub(p.sub(choose(p, x, y), p.mul(s, x)), p.mul(t, y))),
  );
  const offset = corners.reduce((best, corner) => outer(best, corner));
  return outward(p, rounding, offset, scale, 4);
}

/**
 * max(a, b) = b + relu(a - b): below it the input whose middle is greater, above it the plane through three corners, of slopes
 * s = (ua - lb) / (ua - lb + ub - la) for a and 1 - s for b, or the input that is never below the other.
 * min(a, b) = -max(-a, -b), where the planes change places.
 */
function extremumRelaxation(context: RelaxContext, choose: Choose, isMax: boolean): Relaxation | undefined {
  const { p } = context;
  if (context.node.inputs.length !== 2) return undefined;
  const [a, b] = [context.input(0), context.input(1)];
  // How far a may exceed b, and b may exceed a.
  const [over, under] = [p.sub(a.upper, b.lower), p.sub(b.upper, a.lower)];
  const [ahead, behind] = isMax ? [over, under] : [under, over];
  const sum = p.add(p.max(ahead, 0), p.max(behind, 0));
  const share = p.min(p.div(p.max(ahead, 0), p.where(p.greater(sum, 0), sum, 1)), 1);
  const curved = [share, p.sub(1, share)] as const;
  const first = p.cast(p.greaterOrEqual(ahead, behind), share.dtype);
  const flat = [first, p.sub(1, first)] as const;
  const [below, above] = isMax ? [flat, curved] : [curved, flat];
  const slopes: Slopes[] = [0, 1].map((input) => ({
    input,
    lower: below[input === 0 ? 0 : 1],
    upper: above[input === 0 ? 0 : 1],
  }));
  // max(a, b) - a >= 0 wherever they are; the offset of the flat plane is 0.
  const zero = p.fillLike(share, 0);
  const offset = outermost(context, [a, b], curved, choose, isMax);
  return betweenPlanes(context, slopes, isMax ? zero : offset, isMax ? offset : zero);
}

const extremum = (type: string, choose: Choose, isMax: boolean) =>
  ({
    type,
    lower: (context) =>
      chosen(
        context.p,
        positions(context).map((at) => operand(context, at)),
        choose,
      ),
    interval: (context) => extremumInterval(context, choose),
    relax: (context) => extremumRelaxation(context, choose, isMax),
    integers: true,
  }) satisfies Operator;

/** Min (ONNX opset 8+). Interval: increasing in every input. Relaxation: planes, for two inputs. Exact. */
export const min = extremum('Min', (p, a, b) => p.min(a, b), false);
/** Max (ONNX opset 8+). As Min. */
export const max = extremum('Max', (p, a, b) => p.max(a, b), true);

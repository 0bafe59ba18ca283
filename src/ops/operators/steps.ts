// Sign, Floor, Ceil and Round: increasing steps.
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { monotone, unlessInfinite } from '../interval.js';
import { betweenLines, type Line } from '../lines.js';
import { type Operator, operand, type RelaxContext } from '../operator.js';
import type { Relaxation } from '../relaxation.js';

type Step = (p: Program, x: Value) => Value;

const stepping = (type: string, f: Step, relax?: (context: RelaxContext) => Relaxation) =>
  ({
    type,
    lower: (context) => f(context.p, operand(context, 0)),
    interval: ({ p, input }) =>
      unlessInfinite(
        p,
        input(0),
        monotone(input(0), (bound) => f(p, bound)),
      ),
    ...(relax && { relax }),
  }) satisfies Operator;

/** x + from <= f(x) <= x + to, with to - from = 1; level lines where the bounds are no further apart than that. */
const besideDiagonal =
  (from: number, to: number) =>
  (context: RelaxContext): Relaxation => {
    const { p, bounds } = context;
    const level = p.lessOrEqual(p.sub(bounds.upper, bounds.lower), 1);
    const slope = p.where(level, p.fillLike(bounds.lower, 0), 1);
    const line = (bound: Value, shift: number): Line => ({ slope, offset: p.where(level, bound, shift) });
    return betweenLines(context, line(bounds.lower, from), line(bounds.upper, to));
  };

/** Sign (ONNX opset 9+). Interval: increasing. Exact. */
export const sign = stepping('Sign', (p, x) => p.sign(x));
/** Floor (ONNX opset 6+). Interval: increasing. Exact. */
export const floor = stepping('Floor', (p, x) => p.floor(x), besideDiagonal(-1, 0));
/** Ceil (ONNX opset 6+). Interval: increasing. Exact. */
export const ceil = stepping('Ceil', (p, x) => p.ceil(x), besideDiagonal(0, 1));
/** Round (ONNX opset 11+), ties to even. Interval: increasing. Exact. */
export const round = stepping('Round', (p, x) => p.round(x), besideDiagonal(-0.5, 0.5));

// Sin and Cos.
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { type Bends, type Curve, curveRelaxation, type Piece } from '../curve.js';
import { type Interval, unlessInfinite } from '../interval.js';
import { kernelErrors, withKernelError } from '../kernel-error.js';
import { greatestMagnitude } from '../lines.js';
import { type IntervalContext, type Operator, operand } from '../operator.js';
import type { Rounding } from '../rounding.js';

const turn = 2 * Math.PI;

/** A wave with values from -1 to 1, one of whose peaks is at `peak`. */
type Wave = { readonly curve: Curve; readonly peak: number };

/** Whether x may contain `phase` plus a whole number of turns. Computing turns rounds four times, relative to |turns| + 1. */
function mayContain(p: Program, rounding: Rounding, { lower, upper }: Interval, phase: number): Value {
  const turns = (end: Value) => p.mul(p.sub(end, phase), 1 / turn);
  const [from, to] = [turns(lower), turns(upper)];
  const slack = p.mul(p.add(p.add(p.abs(from), p.abs(to)), 1), rounding.program(8));
  return p.greaterOrEqual(p.floor(p.add(to, slack)), p.sub(from, slack));
}

function interval({ p, rounding, input }: IntervalContext, { curve, peak }: Wave): Interval {
  const x = input(0);
  const [low, high] = [curve.value(p, x.lower), curve.value(p, x.upper)];
  const bounds = {
    lower: p.where(mayContain(p, rounding, x, peak + Math.PI), -1, p.min(low, high)),
    upper: p.where(mayContain(p, rounding, x, peak), 1, p.max(low, high)),
  };
  return unlessInfinite(p, x, withKernelError(p, rounding, bounds, curve.error));
}

/** The half turn around `phase`, plus whole turns, that is nearest to the middle of x. */
function halfTurn(p: Program, { lower, upper }: Interval, phase: number): Piece {
  const middle = p.add(p.mul(lower, 0.5), p.mul(upper, 0.5));
  const turns = p.round(p.mul(p.sub(middle, phase), 1 / turn));
  const center = p.add(p.mul(turns, turn), phase);
  return { from: p.sub(center, Math.PI / 2), to: p.add(center, Math.PI / 2) };
}

/** Less than half a turn has at most one part that is convex, and one that is concave. Wider ones keep the interval. */
const bendsOf = ({ peak }: Wave): Bends => ({
  below: (p, x) => [halfTurn(p, x, peak + Math.PI)],
  above: (p, x) => [halfTurn(p, x, peak)],
  known: (p, x) => p.and(p.less(p.sub(x.upper, x.lower), 3.14), p.less(greatestMagnitude(p, x), 128)),
});

const operatorOf = (type: string, wave: Wave) =>
  ({
    type,
    lower: (context) => wave.curve.value(context.p, operand(context, 0)),
    interval: (context) => interval(context, wave),
    relax: (context) => curveRelaxation(context, wave.curve, bendsOf(wave)),
  }) satisfies Operator;

/** Both derivatives are off by at most 20 u of their kernels; the rest is for where they bend, see Bends. */
const slopeError = { relative: 0, absolute: 24 };

/** Sin (ONNX opset 7+). Interval: its ends, and 1 and -1 where it may have a peak or a trough. Rounding: measured. */
export const sin = operatorOf('Sin', {
  peak: Math.PI / 2,
  curve: { value: (p, x) => p.sin(x), slope: (p, x) => p.cos(x), error: kernelErrors.Sin, slopeError },
});
/** Cos (ONNX opset 7+). As Sin. */
export const cos = operatorOf('Cos', {
  peak: 0,
  curve: { value: (p, x) => p.cos(x), slope: (p, x) => p.neg(p.sin(x)), error: kernelErrors.Cos, slopeError },
});

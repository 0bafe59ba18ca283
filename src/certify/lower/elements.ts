// Element-wise operators: with constants, of two values, curves, and BatchNormalization.
import { sizeOf } from '../../base/shape.js';
import { kinked, magnitude, relu as plainRelu, sCurves } from '../curves.js';
import type { Operand } from '../network.js';
import type { Variable } from './builder.js';
import {
  broadcastIndices,
  broadcastShape,
  type Context,
  counted,
  everyIndex,
  float,
  floatsOf,
  integer,
  isSafe,
  numberOf,
  offsets,
  refuse,
  variableOf,
} from './values.js';

/** y = scale x + shift, as functions of the constant's element. */
type Rule = {
  readonly scale?: (constant: number) => number;
  readonly shift?: (constant: number) => number;
};

function withConstant(context: Context, at: 0 | 1, { scale, shift }: Rule): Variable {
  const x = variableOf(context, at);
  const constant = floatsOf(context, 1 - at);
  const shape = broadcastShape(context, x.shape, constant.shape);
  const spread = broadcastIndices(constant.shape, shape);
  const each = (rule: (value: number) => number) =>
    Float64Array.from(spread, (from) => rule(constant.data[from] ?? 0));
  const from = broadcastIndices(x.shape, shape);
  const step = context.builder.scaled(x.step, from, scale && each(scale), shift && each(shift));
  return { step, shape };
}

/** x + y, or x - y. */
const sumOf =
  (sign: 1 | -1) =>
  (context: Context): Variable => {
    const [a, b] = [context.variable(0), context.variable(1)];
    if (a === undefined)
      return withConstant(context, 1, { ...(sign === -1 && { scale: () => -1 }), shift: (c) => c });
    if (b === undefined) return withConstant(context, 0, { shift: (c) => sign * c });
    const shape = broadcastShape(context, a.shape, b.shape);
    const spread = ({ step, shape: own }: Variable) => ({ step, from: broadcastIndices(own, shape) });
    const terms = [[spread(a), 1] as const, [spread(b), sign] as const];
    return { step: context.builder.sum(terms), shape };
  };

export const add = sumOf(1);
export const sub = sumOf(-1);

export function mul(context: Context): Variable {
  return withConstant(context, context.variable(0) === undefined ? 1 : 0, { scale: (c) => c });
}

/** x / c. The quotient 1 / c rounds once, as products do. */
export function div(context: Context): Variable {
  const divisor = floatsOf(context, 1);
  if (!divisor.data.every((c) => Math.abs(c) > 2 ** -120)) throw refuse(context, 'a divisor near zero');
  return withConstant(context, 0, { scale: (c) => 1 / c });
}

export function neg(context: Context): Variable {
  const { step, shape } = variableOf(context, 0);
  const size = sizeOf(shape);
  return { step: context.builder.scaled(step, everyIndex(size), new Float64Array(size).fill(-1)), shape };
}

/** Greatest or least of values and constants. */
export const extreme =
  (which: 'max' | 'min') =>
  (context: Context): Variable => {
    const all = context.node.inputs.map((_, at) => context.variable(at) ?? floatsOf(context, at));
    const shape = all.reduce<readonly number[]>((so, own) => broadcastShape(context, so, own.shape), []);
    const operands = all.map((own): Operand => {
      const from = broadcastIndices(own.shape, shape);
      return 'step' in own ? { step: own.step, from } : Float64Array.from(from, (at) => own.data[at] ?? 0);
    });
    return extremeOf(context, shape, which, operands);
  };

function extremeOf(
  context: Context,
  shape: readonly number[],
  which: 'max' | 'min',
  [first, ...others]: readonly Operand[],
): Variable {
  const found = first && others.reduce((so, own) => context.builder.extreme(which, [so, own]), first);
  if (!found || found instanceof Float64Array) throw refuse(context, 'an extreme of a constant');
  return { step: context.builder.scaled(found.step, found.from), shape };
}

/** min(max(x, least), most) */
export function clip(context: Context): Variable {
  const x = variableOf(context, 0);
  const least = numberOf(context, 1, float(context, 'min', -Infinity));
  return clamped(context, x, least, numberOf(context, 2, float(context, 'max', Infinity)));
}

/** Values are below 2^125, or a bound of theirs is infinite: limits beyond that do nothing. */
function clamped(context: Context, x: Variable, least: number, most: number): Variable {
  if (!(least <= most)) throw refuse(context, `limits of ${least} and ${most}`);
  const size = sizeOf(x.shape);
  const constant = (value: number) => new Float64Array(size).fill(value);
  const own: Operand = { step: x.step, from: everyIndex(size) };
  const above = least > -(2 ** 125) ? extremeOf(context, x.shape, 'max', [own, constant(least)]) : x;
  if (!(most < 2 ** 125)) return above;
  return extremeOf(context, x.shape, 'min', [{ ...own, step: above.step }, constant(most)]);
}

/** min(max(alpha x + beta, 0), 1) */
export function hardSigmoid(context: Context): Variable {
  const { step, shape } = variableOf(context, 0);
  const each = (value: number) => new Float64Array(sizeOf(shape)).fill(value);
  const [scale, shift] = [each(float(context, 'alpha', 0.2)), each(float(context, 'beta', 0.5))];
  const inner = context.builder.scaled(step, everyIndex(scale.length), scale, shift);
  return clamped(context, { step: inner, shape }, 0, 1);
}

const curve =
  (of: (context: Context, size: number) => Parameters<Context['builder']['curve']>[1]) =>
  (context: Context): Variable => {
    const { step, shape } = variableOf(context, 0);
    return { step: context.builder.curve(step, of(context, sizeOf(shape))), shape };
  };

export const relu = curve(() => plainRelu);
export const abs = curve(() => magnitude);
export const sigmoid = curve(() => sCurves.Sigmoid);
export const tanh = curve(() => sCurves.Tanh);
export const softsign = curve(() => sCurves.Softsign);
export const leakyRelu = curve((context) => kinked([slopeIn(context, float(context, 'alpha', 0.01))]));

function slopeIn(context: Context, slope: number): number {
  if (!(slope <= 1 && slope >= -1)) throw refuse(context, `a slope of ${slope}`);
  return slope;
}

/** Slopes of all elements, or of channels. */
export const prelu = curve((context) => {
  const { shape } = variableOf(context, 0);
  const slopes = floatsOf(context, 1);
  const result = broadcastShape(context, shape, slopes.shape);
  if (result.join() !== shape.join()) throw refuse(context, 'more slopes than elements');
  const from = broadcastIndices(slopes.shape, shape);
  return kinked(Float64Array.from(from, (at) => slopeIn(context, slopes.data[at] ?? Number.NaN)));
});

/** gain (x - mean) / sqrt(variance + epsilon) + beta, folded as ONNX Runtime folds it, or not. */
export function batchNormalization(context: Context): Variable {
  const { step, shape } = variableOf(context, 0);
  if (integer(context, 'training_mode', 0) !== 0 || context.node.outputs.filter(Boolean).length > 1)
    throw refuse(context, 'in training mode');
  if (integer(context, 'spatial', 1) !== 1) throw refuse(context, 'statistics of every element');
  const [gain, beta, mean, variance] = [1, 2, 3, 4].map((at) => floatsOf(context, at).data);
  const epsilon = float(context, 'epsilon', 1e-5);
  if (!gain || !beta || !mean || !variance) throw refuse(context, 'parameters are missing');
  if (!variance.every((value) => value >= 0 && value + epsilon > 2 ** -100 && isSafe(value + epsilon)))
    throw refuse(context, 'a variance near zero or the greatest float32');
  // Folding takes it off a bias first.
  if (!mean.every(isSafe)) throw refuse(context, 'a mean near the greatest float32');
  const channels = offsets(shape.map((dim, axis) => counted(dim, axis === 1 ? 1 : 0)));
  const each = (rule: (channel: number) => number) => Float64Array.from(channels, rule);
  const scaleOf = (c: number) => (gain[c] ?? 0) / Math.sqrt((variance[c] ?? 0) + epsilon);
  const moved = (c: number) => (mean[c] ?? 0) * scaleOf(c);
  return {
    step: context.builder.scaled(
      step,
      everyIndex(channels.length),
      each(scaleOf),
      each((c) => (beta[c] ?? 0) - moved(c)),
      each((c) => Math.abs(beta[c] ?? 0) + Math.abs(moved(c))),
    ),
    shape,
  };
}

import { staticDim } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { affineInterval, scaleShift, weightMagnitude } from '../affine.js';
import { floatAttribute, intAttribute } from '../attributes.js';
import { type Bilinear, bilinearInterval } from '../bilinear.js';
import { addedRelaxations, bilinearRelaxation } from '../bilinear-relaxation.js';
import { type Interval, isPoint } from '../interval.js';
import { linearRelaxation } from '../linear.js';
import { broadcastTerms, greatestMagnitude } from '../lines.js';
import {
  type IntervalContext,
  type LowerContext,
  type NodeContext,
  type Operator,
  operand,
  type RelaxContext,
} from '../operator.js';
import type { Relaxation } from '../relaxation.js';
import { sumInterval } from './arithmetic.js';

const oriented = ({ p, node }: NodeContext, value: Value, name: 'transA' | 'transB'): Value =>
  intAttribute(node, name, 0) === 0 ? value : p.transposeLast(value);

const scaled = (p: Program, value: Value, factor: number): Value =>
  factor === 1 ? value : p.mul(value, factor);

const factorsOf = ({ node }: NodeContext) => ({
  alpha: floatAttribute(node, 'alpha', 1),
  beta: floatAttribute(node, 'beta', 1),
});

function lower(context: LowerContext): Value {
  const { p, inputs } = context;
  const { alpha, beta } = factorsOf(context);
  const a = oriented(context, operand(context, 0), 'transA');
  const b = oriented(context, operand(context, 1), 'transB');
  const product = scaled(p, p.matmul(a, b), alpha);
  return inputs[2] === undefined ? product : p.add(product, scaled(p, inputs[2], beta));
}

/** alpha rounds once more, beta as well. */
const extraRoundings = 2;

/** Without alpha. */
function formOf(context: IntervalContext): Bilinear {
  const { p } = context;
  const inner = oriented(context, context.input(1).lower, 'transB');
  return {
    product: (a, b) => p.matmul(oriented(context, a, 'transA'), oriented(context, b, 'transB')),
    length: staticDim(inner.shape, 0) + extraRoundings,
  };
}

function interval(context: IntervalContext): Interval {
  const [weight, bias] = [context.input(1), context.has(2) ? context.input(2) : undefined];
  if (isPoint(weight) && (bias === undefined || isPoint(bias))) return layer(context, bias?.lower);
  const { p, rounding } = context;
  const { alpha, beta } = factorsOf(context);
  const form = formOf(context);
  const product = isPoint(weight)
    ? layer(context, undefined)
    : times(context, bilinearInterval(p, rounding, [context.input(0), weight], form), alpha);
  if (bias === undefined) return product;
  return sumInterval(context, { ...bounds(product), terms: form.length }, times(context, bias, beta));
}

const bounds = ({ lower, upper }: Interval): Interval => ({ lower, upper });

/** Bounds only: the inner value is none that the model knows. */
const times = ({ p, rounding }: IntervalContext, x: Interval, factor: number): Interval =>
  factor === 1 ? x : bounds(scaleShift(p, rounding, bounds(x), p.scalar(rounding.dtype, factor), undefined));

/** Constant weights and bias. */
function layer(context: IntervalContext, biasPoint: Value | undefined): Interval {
  const { p, node, rounding } = context;
  const { alpha, beta } = factorsOf(context);
  const weight = oriented(context, context.input(1).lower, 'transB');
  const bias = biasPoint && scaled(p, biasPoint, beta);
  const absolute = weightMagnitude(p, weight);
  const product = affineInterval(p, rounding, {
    input: context.input(0),
    linear: (z) => p.matmul(oriented(context, z, 'transA'), weight),
    absLinear: (z) => p.matmul(oriented(context, z, 'transA'), absolute),
    norm: p.reduceSum(absolute, [0]),
    bias: alpha === 1 ? bias : undefined,
    // beta rounds once more.
    length: staticDim(weight.shape, 0) + 1,
    readers: staticDim(weight.shape, 1),
    weight: intAttribute(node, 'transA', 0) === 0 ? weight : undefined,
  });
  // The kernel multiplies sums by alpha, which may be small and must not hide that they overflow.
  return alpha === 1 ? product : scaleShift(p, rounding, product, p.scalar(rounding.dtype, alpha), bias);
}

/** alpha a b + beta c, where b or c are computed. */
function relax(context: RelaxContext): Relaxation {
  const form = formOf(context);
  const product = bilinearRelaxation(context, form, { factor: factorsOf(context).alpha });
  return context.has(2) ? addedRelaxations(context, product, shift(context, form.length)) : product;
}

/** beta c, which may join the sums before their roundings. */
function shift(context: RelaxContext, length: number): Relaxation {
  const { p, rounding } = context;
  const { beta } = factorsOf(context);
  const c = context.input(2);
  const spread = (z: Value) => p.expandLike(z, context.bounds.lower);
  const relative = Math.abs(beta) * (rounding.deployed(length + 2) + rounding.program(8));
  const error = p.add(p.mul(greatestMagnitude(p, c), relative), rounding.underflow(4));
  if (isPoint(c)) return { parts: [], offset: scaled(p, c.lower, beta), gap: error };
  const exact = linearRelaxation(context, [
    {
      input: 2,
      linear: (z) => scaled(p, spread(z), beta),
      absLinear: (z) => scaled(p, spread(z), Math.abs(beta)),
      readers: broadcastTerms(context, 2) + 1,
    },
  ]);
  return addedRelaxations(context, exact, { parts: [], gap: error });
}

/**
 * Gemm (ONNX opset 7+). a [batch, k], b [k, n], c broadcast to [batch, n] -> alpha a b + beta c.
 * Interval: affine where b and c are constant, else the product of two boxes. Relaxation: mean of McCormick's planes.
 * Rounding: gamma_(k+1) (|a| |b| + |c|) in any order of summation, and one rounding each for alpha and beta.
 */
export const gemm = { type: 'Gemm', lower, interval, relax } satisfies Operator;

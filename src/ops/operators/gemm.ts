import { staticDim } from '../../program/dims.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { affineInterval, scaleShift, weightMagnitude } from '../affine.js';
import { floatAttribute, intAttribute } from '../attributes.js';
import { type Interval, isPoint } from '../interval.js';
import {
  type IntervalContext,
  type LowerContext,
  type NodeContext,
  NotLowered,
  type Operator,
  operand,
  Unbounded,
} from '../operator.js';

const oriented = ({ p, node }: NodeContext, value: Value, name: 'transA' | 'transB'): Value =>
  intAttribute(node, name, 0) === 0 ? value : p.transposeLast(value);

const scaled = (p: Program, value: Value, factor: number): Value =>
  factor === 1 ? value : p.mul(value, factor);

function lower(context: LowerContext): Value {
  const { p, node, inputs } = context;
  const a = oriented(context, operand(context, 0), 'transA');
  const b = oriented(context, operand(context, 1), 'transB');
  const product = scaled(p, p.matmul(a, b), floatAttribute(node, 'alpha', 1));
  const bias = inputs[2];
  return bias === undefined ? product : p.add(product, scaled(p, bias, floatAttribute(node, 'beta', 1)));
}

function interval(context: IntervalContext): Interval {
  const { p, node, rounding } = context;
  const [weightPoint, biasPoint] = [context.input(1), context.has(2) ? context.input(2) : undefined];
  if (!isPoint(weightPoint) || (biasPoint !== undefined && !isPoint(biasPoint))) {
    throw new Unbounded(`node "${node.name}" (Gemm): only constant weights and biases are bounded`);
  }
  const weight = oriented(context, weightPoint.lower, 'transB');
  const length = weight.shape[0];
  if (typeof length !== 'number') throw new NotLowered('Gemm over an open axis');
  const [alpha, beta] = [floatAttribute(node, 'alpha', 1), floatAttribute(node, 'beta', 1)];
  const bias = biasPoint && scaled(p, biasPoint.lower, beta);
  const absolute = weightMagnitude(p, weight);
  const product = affineInterval(p, rounding, {
    input: context.input(0),
    linear: (z) => p.matmul(oriented(context, z, 'transA'), weight),
    absLinear: (z) => p.matmul(oriented(context, z, 'transA'), absolute),
    norm: p.reduceSum(absolute, [0]),
    bias: alpha === 1 ? bias : undefined,
    // beta rounds once more.
    length: length + 1,
    readers: staticDim(weight.shape, 1),
    weight: intAttribute(node, 'transA', 0) === 0 ? weight : undefined,
  });
  // The kernel multiplies sums by alpha, which may be small and must not hide that they overflow.
  return alpha === 1 ? product : scaleShift(p, rounding, product, p.scalar(rounding.dtype, alpha), bias);
}

/**
 * Gemm (ONNX opset 7+). a [batch, k], b [k, n], c broadcast to [batch, n] -> alpha a b + beta c.
 * Interval: affine. Rounding: gamma_(k+1) (|a| |b| + |c|) in any order of summation,
 * and one rounding each for alpha and beta.
 */
export const gemm = { type: 'Gemm', lower, interval } satisfies Operator;

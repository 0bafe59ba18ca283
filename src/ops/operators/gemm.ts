import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import { affineInterval } from '../affine.js';
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
  const alpha = floatAttribute(node, 'alpha', 1);
  const weight = scaled(p, oriented(context, weightPoint.lower, 'transB'), alpha);
  const absolute = p.abs(weight);
  const bias = biasPoint && scaled(p, biasPoint.lower, floatAttribute(node, 'beta', 1));
  const length = weight.shape[0];
  if (typeof length !== 'number') throw new NotLowered('Gemm over an open axis');
  return affineInterval(p, rounding, {
    input: {
      lower: oriented(context, context.input(0).lower, 'transA'),
      upper: oriented(context, context.input(0).upper, 'transA'),
    },
    linear: (z) => p.matmul(z, weight),
    absLinear: (z) => p.matmul(z, absolute),
    bias,
    biasMagnitude: bias && p.abs(bias),
    // alpha and beta each round once more.
    length: length + 2,
    weight,
  });
}

/**
 * Gemm (ONNX opset 7+). a [batch, k], b [k, n], c broadcast to [batch, n] -> alpha a b + beta c.
 * Interval: affine. Rounding: gamma_(k+1) (|a| |b| + |c|) in any order of summation.
 */
export const gemm = { type: 'Gemm', lower, interval } satisfies Operator;

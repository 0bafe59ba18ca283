// The operators that Marauder lowers itself: one literal table. All others are passed on to ONNX Runtime as they stand.
import type { Operator } from '../operator.js';
import { exp, log, sigmoid, tanh } from './activation.js';
import { add, div, mul, neg, sub } from './arithmetic.js';
import { batchNormalization } from './batch-normalization.js';
import { conv } from './conv.js';
import { expand, tile } from './expand.js';
import { gather } from './gather.js';
import { gemm } from './gemm.js';
import { concat, dropout, flatten, identity, reshape, squeeze, transpose, unsqueeze } from './layout.js';
import { matmul } from './matmul.js';
import { pad } from './pad.js';
import { averagePool, globalAveragePool, maxPool } from './pooling.js';
import { reduceSum } from './reduce-sum.js';
import { relu } from './relu.js';
import { slice } from './slice.js';
import { softmax } from './softmax.js';
import { split } from './split.js';

export const operators = {
  Add: add,
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  Concat: concat,
  Conv: conv,
  Div: div,
  Dropout: dropout,
  Exp: exp,
  Expand: expand,
  Flatten: flatten,
  Gather: gather,
  Gemm: gemm,
  GlobalAveragePool: globalAveragePool,
  Identity: identity,
  Log: log,
  MatMul: matmul,
  MaxPool: maxPool,
  Mul: mul,
  Neg: neg,
  Pad: pad,
  ReduceSum: reduceSum,
  Relu: relu,
  Reshape: reshape,
  Sigmoid: sigmoid,
  Slice: slice,
  Softmax: softmax,
  Split: split,
  Squeeze: squeeze,
  Sub: sub,
  Tanh: tanh,
  Tile: tile,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
} satisfies Record<string, Operator>;

export type OperatorName = keyof typeof operators;

/** The rules of an operator of ONNX's own domain, undefined where there are none. */
export function operatorOf(type: string, domain: string): Operator | undefined {
  const table: Record<string, Operator> = operators;
  return domain === '' || domain === 'ai.onnx' ? table[type] : undefined;
}

// The operators that Marauder lowers itself: one literal table. All others are passed on to ONNX Runtime as they stand.
import type { Operator } from '../operator.js';
import { elu, erf, exp, log, selu, sigmoid, softplus, softsign, sqrt, tanh } from './activation.js';
import { argMax, argMin } from './arg-extremum.js';
import { add, neg, sub } from './arithmetic.js';
import { batchNormalization } from './batch-normalization.js';
import { cast } from './cast.js';
import { clip } from './clip.js';
import {
  and,
  equal,
  greater,
  greaterOrEqual,
  isInf,
  isNan,
  less,
  lessOrEqual,
  not,
  or,
  xor,
} from './comparison.js';
import { conv } from './conv.js';
import { convTranspose } from './conv-transpose.js';
import { cumSum } from './cumulative-sum.js';
import { depthToSpace, spaceToDepth } from './depth-space.js';
import { einsum } from './einsum.js';
import { expand, tile } from './expand.js';
import { max, min } from './extrema.js';
import { gather, gatherElements } from './gather.js';
import { gatherND } from './gather-nd.js';
import { gelu } from './gelu.js';
import { gemm } from './gemm.js';
import { hardSigmoid, hardSwish } from './hard.js';
import { abs, leakyRelu, pRelu, thresholdedRelu } from './kinked.js';
import { groupNormalization, instanceNormalization, layerNormalization } from './layer-normalization.js';
import { concat, dropout, flatten, identity, reshape, squeeze, transpose, unsqueeze } from './layout.js';
import { logSoftmax } from './log-softmax.js';
import { matmul } from './matmul.js';
import { mish } from './mish.js';
import { div, mul } from './multiplication.js';
import { oneHot } from './one-hot.js';
import { pad } from './pad.js';
import { averagePool, globalAveragePool, globalMaxPool, maxPool } from './pooling.js';
import { pow, reciprocal } from './power.js';
import { dequantizeLinear, quantizeLinear } from './quantize.js';
import { reduceMax, reduceMin } from './reduce-extremum.js';
import { reduceMean } from './reduce-mean.js';
import { reduceL1, reduceL2, reduceLogSumExp, reduceSumSquare } from './reduce-norm.js';
import { reduceSum } from './reduce-sum.js';
import { relu } from './relu.js';
import { resize, upsample } from './resize.js';
import { scatterElements, scatterND } from './scatter.js';
import { constantOfShape, shape, size } from './shapes.js';
import { slice } from './slice.js';
import { softmax } from './softmax.js';
import { split } from './split.js';
import { ceil, floor, round, sign } from './steps.js';
import { mean, sum } from './sum.js';
import { cos, sin } from './trigonometric.js';
import { trilu } from './trilu.js';
import { where } from './where.js';

export const operators = {
  Abs: abs,
  Add: add,
  And: and,
  ArgMax: argMax,
  ArgMin: argMin,
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  Cast: cast,
  Ceil: ceil,
  Clip: clip,
  Concat: concat,
  ConstantOfShape: constantOfShape,
  Conv: conv,
  ConvTranspose: convTranspose,
  Cos: cos,
  CumSum: cumSum,
  DepthToSpace: depthToSpace,
  DequantizeLinear: dequantizeLinear,
  Div: div,
  Dropout: dropout,
  Einsum: einsum,
  Elu: elu,
  Equal: equal,
  Erf: erf,
  Exp: exp,
  Expand: expand,
  Flatten: flatten,
  Floor: floor,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  Gelu: gelu,
  Gemm: gemm,
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
  Greater: greater,
  GreaterOrEqual: greaterOrEqual,
  GroupNormalization: groupNormalization,
  HardSigmoid: hardSigmoid,
  HardSwish: hardSwish,
  Identity: identity,
  InstanceNormalization: instanceNormalization,
  IsInf: isInf,
  IsNaN: isNan,
  LayerNormalization: layerNormalization,
  LeakyRelu: leakyRelu,
  Less: less,
  LessOrEqual: lessOrEqual,
  Log: log,
  LogSoftmax: logSoftmax,
  MatMul: matmul,
  Max: max,
  MaxPool: maxPool,
  Mean: mean,
  Min: min,
  Mish: mish,
  Mul: mul,
  Neg: neg,
  Not: not,
  OneHot: oneHot,
  Or: or,
  PRelu: pRelu,
  Pad: pad,
  Pow: pow,
  QuantizeLinear: quantizeLinear,
  Reciprocal: reciprocal,
  ReduceL1: reduceL1,
  ReduceL2: reduceL2,
  ReduceLogSumExp: reduceLogSumExp,
  ReduceMax: reduceMax,
  ReduceMean: reduceMean,
  ReduceMin: reduceMin,
  ReduceSum: reduceSum,
  ReduceSumSquare: reduceSumSquare,
  Relu: relu,
  Reshape: reshape,
  Resize: resize,
  Round: round,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  Selu: selu,
  Shape: shape,
  Sigmoid: sigmoid,
  Sign: sign,
  Sin: sin,
  Size: size,
  Slice: slice,
  Softmax: softmax,
  Softplus: softplus,
  Softsign: softsign,
  SpaceToDepth: spaceToDepth,
  Split: split,
  Sqrt: sqrt,
  Squeeze: squeeze,
  Sub: sub,
  Sum: sum,
  Tanh: tanh,
  ThresholdedRelu: thresholdedRelu,
  Tile: tile,
  Transpose: transpose,
  Trilu: trilu,
  Unsqueeze: unsqueeze,
  Upsample: upsample,
  Where: where,
  Xor: xor,
} satisfies Record<string, Operator>;

export type OperatorName = keyof typeof operators;

/** The rules of an operator of ONNX's own domain, undefined where there are none. */
export function operatorOf(type: string, domain: string): Operator | undefined {
  const table: Record<string, Operator> = operators;
  return domain === '' || domain === 'ai.onnx' ? table[type] : undefined;
}

// What can be said of an operator's rules without a node that uses it; a test holds both lists against nodes.
import type { Operator } from '../operator.js';

/** Steps, choices and shapes: their derivative is zero wherever there is one, so that a gradient ends there. */
const stepwise: ReadonlySet<string> = new Set([
  'And',
  'ArgMax',
  'ArgMin',
  'Ceil',
  'ConstantOfShape',
  'Equal',
  'Floor',
  'Greater',
  'GreaterOrEqual',
  'IsInf',
  'IsNaN',
  'Less',
  'LessOrEqual',
  'Not',
  'OneHot',
  'Or',
  'QuantizeLinear',
  'Round',
  'Shape',
  'Sign',
  'Size',
  'Xor',
]);

export const hasZeroGradient = (type: string): boolean => stepwise.has(type);

/** Their results are affine in their inputs, exactly: their intervals carry the form, and no relaxation is needed. */
const affine: ReadonlySet<string> = new Set([
  'AveragePool',
  'BatchNormalization',
  'Concat',
  'Conv',
  'ConvTranspose',
  'CumSum',
  'DepthToSpace',
  'DequantizeLinear',
  'Expand',
  'GlobalAveragePool',
  'ReduceMean',
  'ReduceSum',
  'Slice',
  'SpaceToDepth',
  'Split',
  'Tile',
  'Trilu',
]);

export const hasLinearBounds = (type: string, { relax }: Operator): boolean =>
  relax !== undefined || affine.has(type);

// Attributes that became inputs.
import type { FloatDType } from '../../base/dtype.js';
import { isFloat } from '../../base/dtype.js';
import { float32, int64, type Tensor, tensor } from '../../base/tensor.js';
import type { Node } from '../graph.js';
import {
  CannotRaise,
  ints,
  number,
  type RaiseContext,
  type RaiseRule,
  withAttributes,
  withInputs,
} from './rule.js';

/** A list of integers, such as `axes`, after the data; where it is missing, so is the input. */
const listInput =
  (key: string) =>
  ({ node, constant }: RaiseContext): Node[] => {
    const list = ints(node, key);
    const [data = ''] = node.inputs;
    return [list === undefined ? node : withInputs(node, [data, constant(key, int64(list))], [key])];
  };

/** A number in the type of the data. */
function like({ node, typeOf }: RaiseContext, value: number): Tensor {
  const dtype = typeOf(node.inputs[0] ?? '')?.dtype ?? 'float32';
  if (!isFloat(dtype)) throw new CannotRaise(`it is given ${dtype} data`);
  const arrays: Record<FloatDType, () => Tensor> = {
    float32: () => float32([value], []),
    float64: () => tensor('float64', [], Float64Array.of(value)),
  };
  return arrays[dtype]();
}

function slice({ node, constant }: RaiseContext): Node[] {
  const [starts, ends] = [ints(node, 'starts') ?? [], ints(node, 'ends') ?? []];
  const axes = ints(node, 'axes') ?? starts.map((_, axis) => axis);
  const [data = ''] = node.inputs;
  const lists = { starts, ends, axes };
  const inputs = Object.entries(lists).map(([key, list]) => constant(key, bounded(list)));
  return [withInputs(node, [data, ...inputs], Object.keys(lists))];
}

/** "To the end" is written as the greatest int64, which is 2^63 as a number and fits no int64: 2^62 says the same. */
const bounded = (list: readonly number[]): Tensor =>
  int64(list.map((value) => Math.max(-(2 ** 62), Math.min(2 ** 62, value))));

function pad(context: RaiseContext): Node[] {
  const { node, constant } = context;
  const pads = ints(node, 'pads') ?? [];
  const [data = ''] = node.inputs;
  const value = constant('value', like(context, number(node, 'value') ?? 0));
  return [withInputs(node, [data, constant('pads', int64(pads)), value], ['pads', 'value'])];
}

function clip(context: RaiseContext): Node[] {
  const { node, constant } = context;
  const [data = ''] = node.inputs;
  const limits = ['min', 'max'].map((key) => {
    const value = number(node, key);
    return value === undefined ? '' : constant(key, like(context, value));
  });
  return [withInputs(node, [data, ...limits], ['min', 'max'])];
}

function topK({ node, constant }: RaiseContext): Node[] {
  const [data = ''] = node.inputs;
  return [withInputs(node, [data, constant('k', int64([number(node, 'k') ?? 1]))], ['k'])];
}

/** Equal parts have to be counted since opset 18. */
function countedParts({ node }: RaiseContext): Node[] {
  const equal = !node.inputs[1] && number(node, 'num_outputs') === undefined;
  return [equal ? withAttributes(node, { num_outputs: { kind: 'int', value: node.outputs.length } }) : node];
}

function fourierAxis({ node, constant }: RaiseContext): Node[] {
  const [data = '', length = ''] = node.inputs;
  const axis = constant('axis', tensor('int64', [], BigInt64Array.of(BigInt(number(node, 'axis') ?? 1))));
  return [withInputs(node, [data, length, axis], ['axis'])];
}

const reductions = ['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'SumSquare'];

export const inputRules: readonly RaiseRule[] = [
  { types: ['Slice'], since: 10, raise: slice },
  { types: ['TopK'], since: 10, raise: topK },
  { types: ['Clip'], since: 11, raise: clip },
  { types: ['Pad'], since: 11, raise: pad },
  // Inference: without an input that says how much is dropped, nothing is.
  { types: ['Dropout'], since: 12, raise: ({ node }) => [withInputs(node, node.inputs, ['ratio'])] },
  { types: ['ReduceSum', 'Squeeze', 'Unsqueeze'], since: 13, raise: listInput('axes') },
  { types: ['Split'], since: 13, raise: listInput('split') },
  { types: reductions.map((name) => `Reduce${name}`), since: 18, raise: listInput('axes') },
  { types: ['Split'], since: 18, raise: countedParts },
  { types: ['DFT'], since: 20, raise: fourierAxis },
];

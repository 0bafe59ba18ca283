// Which input places an output place of a node reads, along height and width.
import type { Node } from '../../../graph/graph.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import { intAttribute, intsAttribute } from '../../../ops/attributes.js';
import { nodeWindow } from '../../../ops/window.js';
import { planeOf, type Window } from './window.js';

/** Output place o reads the input's places stride * o - before + 0 .. size - 1, where they exist. */
export type Reach = {
  readonly strides: readonly [number, number];
  readonly before: readonly [number, number];
  readonly sizes: readonly [number, number];
  /** Whether the node has a `pads` attribute for places that do not exist. */
  readonly pads: boolean;
};

type Rule = (node: Node, model: TypedModel) => Reach | undefined;

const samePlace: Reach = { strides: [1, 1], before: [0, 0], sizes: [1, 1], pads: false };

/** Operators that give an output place from the same place of each input; constants are the same at all places. */
const placewise: Rule = (node, model) =>
  node.inputs.every((name) => isEverywhere(name, model)) ? samePlace : undefined;

/** Parameters of one number per channel, which images (crop.ts) have in front of their places. */
const perChannel: Rule = (node, model) =>
  node.inputs.slice(1).some((name) => isVariable(name, model)) ? undefined : samePlace;

const alongOthers: Rule = (node, model) => {
  const axes = constantOf(node.inputs[3], model) ?? intsAttribute(node, 'axes');
  const rank = model.types.get(node.inputs[0] ?? '')?.shape.length ?? 0;
  const isOther = (axis: number) => (axis < 0 ? axis + rank : axis) < rank - 2;
  return axes?.every(isOther) === true ? samePlace : undefined;
};

/** Padding by nothing, as exporters write it. */
const unpadded: Rule = (node, model) =>
  (constantOf(node.inputs[1], model) ?? intsAttribute(node, 'pads'))?.every((pad) => pad === 0)
    ? samePlace
    : undefined;

const windowed =
  (kernelOf: (node: Node, model: TypedModel) => readonly number[] | undefined): Rule =>
  (node, model) => {
    // A constant that is convolved is cut nowhere.
    if (!isVariable(node.inputs[0] ?? '', model) || isVariable(node.inputs[1] ?? '', model)) return undefined;
    const kernel = kernelOf(node, model);
    const input = model.types.get(node.inputs[0] ?? '')?.shape;
    if (kernel?.length !== 2 || input?.length !== 4 || intAttribute(node, 'ceil_mode', 0) !== 0)
      return undefined;
    const { strides, pads, dilations } = nodeWindow(node, input, kernel);
    const pair = (of: (axis: 0 | 1) => number): readonly [number, number] => [of(0), of(1)];
    return {
      strides: pair((axis) => strides[axis] ?? 1),
      before: pair((axis) => pads[axis] ?? 0),
      sizes: pair((axis) => ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1),
      pads: true,
    };
  };

const weightKernel = ({ inputs }: Node, { types }: TypedModel) =>
  types
    .get(inputs[1] ?? '')
    ?.shape.slice(2)
    .map(Number);

const rules: Readonly<Record<string, Rule>> = {
  Relu: placewise,
  LeakyRelu: placewise,
  PRelu: placewise,
  Sigmoid: placewise,
  Tanh: placewise,
  Clip: placewise,
  Neg: placewise,
  Abs: placewise,
  Identity: placewise,
  Add: placewise,
  Sub: placewise,
  Mul: placewise,
  Div: placewise,
  BatchNormalization: perChannel,
  Slice: alongOthers,
  Pad: unpadded,
  Conv: windowed(weightKernel),
  AveragePool: windowed((node) => intsAttribute(node, 'kernel_shape')),
  MaxPool: windowed((node) => intsAttribute(node, 'kernel_shape')),
};

/** undefined where an output place may read any place, for all that is known here. */
export const reachOf: Rule = (node, model) =>
  node.domain === '' && node.outputs.filter((name) => name !== '').length === 1
    ? rules[node.type]?.(node, model)
    : undefined;

/** The places that a window of the output reads, among them such that do not exist. */
export function readBy([rows, columns]: Window, { strides, before, sizes }: Reach): Window {
  const read = ({ from, to }: { from: number; to: number }, axis: 0 | 1) => {
    const first = from * strides[axis] - before[axis];
    return { from: first, to: (to - 1) * strides[axis] - before[axis] + sizes[axis] };
  };
  return [read(rows, 0), read(columns, 1)];
}

/** Inputs that depend on data. */
export const isVariable = (name: string, { graph, folded }: TypedModel): boolean =>
  name !== '' && !folded.has(name) && !graph.constants.has(name);

/** A constant that is broadcast along height and width, or no constant. */
function isEverywhere(name: string, model: TypedModel): boolean {
  if (name === '' || isVariable(name, model)) return true;
  const shape = model.types.get(name)?.shape ?? [];
  return shape.length < 2 ? shape.every((dim) => dim === 1) : planeOf(shape).every((length) => length === 1);
}

function constantOf(name: string | undefined, { graph, folded }: TypedModel): readonly number[] | undefined {
  const tensor = folded.get(name ?? '') ?? graph.constants.get(name ?? '');
  return tensor === undefined || tensor.dtype === 'string' ? undefined : Array.from(tensor.data, Number);
}

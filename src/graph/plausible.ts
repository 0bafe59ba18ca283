// Nodes that no network has and that are dangerous to run: ONNX Runtime trusts some operands so far that it writes beyond its
// memory, and takes attributes by their word until the machine's memory is full. They are refused before it sees them.
import type { Tensor } from '../base/tensor.js';
import { toNumbers } from '../base/tensor.js';
import type { Attribute, Graph, Node } from './graph.js';

/** Greatest kernel, stride, dilation and padding of a window, and greatest factor by which an image grows, along one axis. */
const greatestWindow = 2 ** 16;
/** Greatest number of elements of one row of an input, and of a value whose shape is a constant: 1 GiB of float32. */
export const greatestElements = 2 ** 28;

/** Steps that a loop may take at least. */
const greatestSteps = 2 ** 24;

/** What is known of a node's operands. */
type Operands = {
  given(position: number): boolean;
  /** Numbers of a constant operand; of one that is concatenated, those of its constant parts. */
  constants(position: number): readonly number[] | undefined;
  /** Whether the operand is computed from data, not only from constants and shapes. */
  fromData(position: number): boolean;
  /** Axes of a constant operand. */
  rank(position: number): number | undefined;
};

/** What is wrong with a node, or nothing. */
type Rule = (node: Node, operands: Operands) => string | undefined;

/** The first node that is dangerous to run, and what is wrong with it. */
export function dangerousNode(graph: Graph): { readonly node: Node; readonly problem: string } | undefined {
  const operandsOf = operandsIn(graph);
  for (const node of graph.nodes) {
    if (node.domain !== '') continue;
    const problem = wrongKind(node) ?? rules[node.type]?.(node, operandsOf(node));
    if (problem !== undefined) return { node, problem };
  }
  return undefined;
}

/** Attributes whose kind ONNX Runtime does not check before it reads them. */
const attributeKinds: Readonly<Record<string, Readonly<Record<string, Attribute['kind']>>>> = {
  Constant: {
    value: 'tensor',
    value_float: 'float',
    value_floats: 'floats',
    value_int: 'int',
    value_ints: 'ints',
  },
  ConstantOfShape: { value: 'tensor' },
  If: { then_branch: 'graph', else_branch: 'graph' },
  Loop: { body: 'graph' },
  Scan: { body: 'graph' },
};

function wrongKind({ type, attributes }: Node): string | undefined {
  for (const [name, kind] of Object.entries(attributeKinds[type] ?? {})) {
    const found = attributes.get(name);
    // References to the attributes of a function are opaque.
    if (found !== undefined && found.kind !== kind && found.kind !== 'opaque')
      return `attribute "${name}" is of kind ${found.kind}, not ${kind}`;
  }
  return undefined;
}

const window: Rule = ({ attributes }) => {
  for (const name of [
    'kernel_shape',
    'strides',
    'dilations',
    'pads',
    'output_padding',
    'output_shape',
  ] as const) {
    const attribute = attributes.get(name);
    if (attribute?.kind !== 'ints') continue;
    const least = name === 'pads' ? -greatestWindow : name === 'output_padding' ? 0 : 1;
    const wrong = attribute.value.find((size) => size < least || size > greatestWindow);
    if (wrong !== undefined) return `${name} ${wrong} is not in [${least}, ${greatestWindow}]`;
  }
  const group = attributes.get('group');
  return group?.kind === 'int' && group.value < 1 ? `group ${group.value} is not positive` : undefined;
};

/** The operand at `position` gives sizes, the product of which is that of the result, or a factor of it. */
const sizedBy =
  (position: number): Rule =>
  (_, operands) => {
    const sizes = operands.constants(position) ?? [];
    const product = sizes.reduce((all, size) => all * Math.max(1, Math.abs(size)), 1);
    return product > greatestElements
      ? `its shape has sizes [${sizes}], more than ${greatestElements} elements`
      : undefined;
  };

const padded: Rule = (node, operands) => {
  const wrong = operands.constants(1)?.find((size) => Math.abs(size) > greatestWindow);
  return wrong === undefined ? window(node, operands) : `padding by ${wrong} is more than ${greatestWindow}`;
};

/** ONNX Runtime copies as many scales as there are, into the space of as many as there are axes. */
const resized =
  (scales: number, sizes: number | undefined): Rule =>
  (node, operands) => {
    for (const [position, name] of [
      [scales, 'scales'],
      [sizes, 'sizes'],
    ] as const) {
      if (position === undefined) continue;
      if (operands.fromData(position)) return `its ${name} are computed from data`;
      if ((operands.rank(position) ?? 1) !== 1) return `its ${name} are not a vector`;
    }
    const factor = operands.constants(scales)?.find((scale) => !(Math.abs(scale) <= greatestWindow));
    if (factor !== undefined) return `scale ${factor} is more than ${greatestWindow}`;
    return sizes === undefined ? undefined : sizedBy(sizes)(node, operands);
  };

const recurrent: Rule = ({ attributes }) => {
  const size = attributes.get('hidden_size');
  return size?.kind === 'int' && !(size.value >= 1 && size.value <= greatestElements)
    ? `hidden_size ${size.value} is not in [1, ${greatestElements}]`
    : undefined;
};

/** Only such loops as run all their steps whatever they compute; that others end is for the model's author to know. */
const endless: Rule = ({ attributes }, operands) => {
  const body = attributes.get('body');
  const [steps = Infinity] = operands.constants(0) ?? (operands.given(0) ? [0] : []);
  if (body?.kind !== 'graph' || steps <= greatestSteps) return undefined;
  const { inputs, outputs, nodes, constants } = body.value;
  const source = (name: string): string => {
    const producer = nodes.find((node) => node.outputs.includes(name));
    return producer?.type === 'Identity' ? source(producer.inputs[0] ?? '') : name;
  };
  const condition = source(outputs[0]?.name ?? '');
  const constant =
    constants.get(condition) ?? constantOf(nodes.find((node) => node.outputs.includes(condition)));
  const goesOn = condition === inputs[1]?.name || (constant !== undefined && constant.data[0] === 1);
  return goesOn ? `it repeats its body ${steps} times` : undefined;
};

const rules: Readonly<Record<string, Rule>> = {
  AveragePool: window,
  ConstantOfShape: sizedBy(0),
  Conv: window,
  ConvInteger: window,
  ConvTranspose: window,
  Expand: sizedBy(1),
  GRU: recurrent,
  LSTM: recurrent,
  Loop: endless,
  LpPool: window,
  MaxPool: window,
  MaxUnpool: window,
  OneHot: sizedBy(1),
  Pad: padded,
  QLinearConv: window,
  RNN: recurrent,
  Reshape: sizedBy(1),
  Resize: resized(2, 3),
  Tile: sizedBy(1),
  Upsample: resized(1, undefined),
};

function operandsIn({ constants, nodes, inputs }: Graph): (node: Node) => Operands {
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const reached = new Set(inputs.map(({ name }) => name));
  for (const { type, inputs: read, outputs } of nodes)
    if (!shapeReaders.has(type) && read.some((name) => reached.has(name)))
      for (const name of outputs) reached.add(name);
  const tensorOf = (name: string): Tensor | undefined =>
    constants.get(name) ?? constantOf(producers.get(name));
  const numbersOf = (name: string): readonly number[] | undefined => {
    const producer = producers.get(name);
    if (producer?.type === 'Concat')
      return producer.inputs.flatMap((part) => plainNumbers(tensorOf(part)) ?? []);
    return plainNumbers(tensorOf(name));
  };
  return (node) => {
    const nameOf = (position: number): string => node.inputs[position] ?? '';
    return {
      given: (position) => nameOf(position) !== '',
      constants: (position) => numbersOf(nameOf(position)),
      fromData: (position) => reached.has(nameOf(position)),
      rank: (position) => tensorOf(nameOf(position))?.shape.length,
    };
  };
}

/** What they give depends on their operand's shape alone. */
const shapeReaders: ReadonlySet<string> = new Set(['Shape', 'Size']);

function constantOf(node: Node | undefined): Tensor | undefined {
  const value = node?.type === 'Constant' ? node.attributes.get('value') : undefined;
  return value?.kind === 'tensor' ? value.value : undefined;
}

const plain: ReadonlySet<string> = new Set(['float32', 'float64', 'int32', 'int64']);
const greatestList = 64;

/** Of short lists only: shapes have an element for each axis. */
const plainNumbers = (value: Tensor | undefined): number[] | undefined =>
  value !== undefined && plain.has(value.dtype) && value.data.length <= greatestList
    ? toNumbers(value)
    : undefined;

// Changes to a decoded model file that leave it a well-formed message and make it a wrong model, or a strange one.
import { create } from '@bufbuild/protobuf';
import type { Draw } from '../../helpers/draw.js';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
} from '../../onnx-proto/onnx_pb.js';

export type Mutate = (graph: GraphProto, draw: Draw, model: ModelProto) => void;

const hugeSizes = [
  -1n,
  0n,
  1n,
  2n,
  7n,
  1000n,
  1n << 16n,
  (1n << 31n) - 1n,
  1n << 31n,
  1n << 32n,
  1n << 62n,
  -(1n << 63n),
];
const hugeNumbers = [NaN, Infinity, -Infinity, 0, -1, 1e-45, 3.4e38, -3.4e38, 1e30];
const strangeTypes = [
  'Add',
  'MatMul',
  'Conv',
  'Relu',
  'Softmax',
  'Reshape',
  'Gather',
  'Loop',
  'NoSuchOperator',
  '',
];

/** Weights, and the tensors of Constant nodes. */
const tensorsOf = (graph: GraphProto): TensorProto[] => [
  ...graph.initializer,
  ...graph.node.flatMap(({ attribute }) => attribute.flatMap(({ t }) => t ?? [])),
];
const attributesOf = (graph: GraphProto): [NodeProto, AttributeProto][] =>
  graph.node.flatMap((node) =>
    node.attribute.map((attribute): [NodeProto, AttributeProto] => [node, attribute]),
  );
const namesOf = (graph: GraphProto): string[] => [
  ...graph.input.map(({ name }) => name),
  ...graph.initializer.map(({ name }) => name),
  ...graph.node.flatMap(({ output }) => output),
];

/** Applies a change to a random item; nothing where there is none. */
function some<T>(items: readonly T[], draw: Draw, change: (item: T) => void): void {
  if (items.length > 0) change(draw.pick(items));
}

/** Puts `value` in a random place of a list, or behind its end. */
const put = <T>(list: T[], value: T, draw: Draw): void => {
  list[draw.int(0, list.length)] = value;
};

const removed = <T>(list: T[], draw: Draw): void => {
  if (list.length > 0) list.splice(draw.int(0, list.length - 1), 1);
};

const floatsIn = (tensor: TensorProto): DataView | undefined =>
  tensor.dataType === 1 && tensor.rawData.length >= 4
    ? new DataView(tensor.rawData.buffer, tensor.rawData.byteOffset, tensor.rawData.byteLength)
    : undefined;

const integersIn = (tensor: TensorProto): DataView | undefined =>
  tensor.dataType === 7 && tensor.rawData.length >= 8
    ? new DataView(tensor.rawData.buffer, tensor.rawData.byteOffset, tensor.rawData.byteLength)
    : undefined;

function changeInfo(info: ValueInfoProto, draw: Draw): void {
  const type = info.type?.value;
  if (type?.case !== 'tensorType' || draw.int(0, 9) === 0) {
    info.type = undefined;
    return;
  }
  const tensor = type.value;
  if (draw.int(0, 4) === 0) tensor.elemType = draw.int(0, 24);
  else if (draw.int(0, 6) === 0) tensor.shape = undefined;
  else if (draw.flag()) removed(tensor.shape?.dim ?? [], draw);
  else {
    some(tensor.shape?.dim ?? [], draw, (dim) => {
      dim.value = draw.flag()
        ? { case: 'dimValue', value: draw.pick(hugeSizes) }
        : { case: 'dimParam', value: draw.pick(['', 'batch', 'n']) };
    });
  }
}

function changeAttribute(attribute: AttributeProto, draw: Draw): void {
  const size = draw.pick(hugeSizes);
  switch (attribute.type) {
    case AttributeType.INT:
      attribute.i = size;
      break;
    case AttributeType.INTS:
      if (draw.int(0, 3) === 0) removed(attribute.ints, draw);
      else put(attribute.ints, size, draw);
      break;
    case AttributeType.FLOAT:
      attribute.f = draw.pick(hugeNumbers);
      break;
    case AttributeType.FLOATS:
      put(attribute.floats, draw.pick(hugeNumbers), draw);
      break;
    case AttributeType.STRING:
      attribute.s = new TextEncoder().encode(draw.pick(['', 'SAME_UPPER', 'linear', '\u0000', 'bcd,abc->a']));
      break;
    default:
      attribute.type = draw.int(0, 15);
  }
}

/** Attributes that size what an operator reads or makes, on operators that may not have them. */
const sizing = [
  'kernel_shape',
  'strides',
  'pads',
  'dilations',
  'group',
  'axis',
  'axes',
  'perm',
  'output_padding',
  'hidden_size',
];

function addSizing({ attribute }: NodeProto, draw: Draw): void {
  const name = draw.pick(sizing);
  const single = name === 'group' || name === 'axis' || name === 'hidden_size';
  const sizes = Array.from({ length: draw.int(0, 5) }, () => draw.pick(hugeSizes));
  const others = attribute.filter((known) => known.name !== name);
  const value = single
    ? { type: AttributeType.INT, i: draw.pick(hugeSizes) }
    : { type: AttributeType.INTS, ints: sizes };
  attribute.splice(0, attribute.length, ...others, create(AttributeProtoSchema, { name, ...value }));
}

/** Raw data of the size that type and dims ask for, where that is small. */
function refilled(tensor: TensorProto): void {
  const size = tensor.dims.reduce((product, dim) => product * Number(dim), 1);
  const bytes = size * (elementBytes[tensor.dataType] ?? 4);
  if (!(bytes >= 0 && bytes <= greatestWeight)) return;
  const old = tensor.rawData;
  tensor.rawData = Uint8Array.from({ length: bytes }, (_, at) => old[at % Math.max(old.length, 1)] ?? 0);
}

const greatestWeight = 100_000;
/** By ONNX's number of the element type: float, uint8, int8, ... */
const elementBytes = [0, 4, 1, 1, 2, 2, 4, 8, 1, 1, 2, 8, 4, 8, 8, 16, 2];
const plausibleSizes = [0n, 1n, 2n, 3n, 4n, 5n, 8n, 12n];

const broken = {
  weightDims: (graph, draw) =>
    some(tensorsOf(graph), draw, ({ dims }) => put(dims, draw.pick(hugeSizes), draw)),
  weightRank: (graph, draw) =>
    some(tensorsOf(graph), draw, ({ dims }) => (draw.flag() ? removed(dims, draw) : dims.unshift(1n))),
  weightType: (graph, draw) =>
    some(tensorsOf(graph), draw, (tensor) => {
      tensor.dataType = draw.int(0, 24);
    }),
  weightBytes: (graph, draw) =>
    some(tensorsOf(graph), draw, (tensor) => {
      tensor.rawData = tensor.rawData.slice(0, draw.int(0, tensor.rawData.length));
    }),
  weightFloat: (graph, draw) =>
    some(
      tensorsOf(graph).flatMap((tensor) => floatsIn(tensor) ?? []),
      draw,
      (view) => view.setFloat32(4 * draw.int(0, view.byteLength / 4 - 1), draw.pick(hugeNumbers), true),
    ),
  weightInteger: (graph, draw) =>
    some(
      tensorsOf(graph).flatMap((tensor) => integersIn(tensor) ?? []),
      draw,
      (view) =>
        view.setBigInt64(8 * draw.int(0, Math.floor(view.byteLength / 8) - 1), draw.pick(hugeSizes), true),
    ),
  weightName: (graph, draw) =>
    some(graph.initializer, draw, (tensor) => {
      tensor.name = draw.pick(['', 'x', ...namesOf(graph)]);
    }),
  externalData: (graph, draw) =>
    some(tensorsOf(graph), draw, (tensor) => {
      tensor.dataLocation = 1;
      tensor.rawData = new Uint8Array(0);
    }),
  inputInfo: (graph, draw) => some(graph.input, draw, (info) => changeInfo(info, draw)),
  outputInfo: (graph, draw) => some(graph.output, draw, (info) => changeInfo(info, draw)),
  valueInfo: (graph, draw) => some(graph.valueInfo, draw, (info) => changeInfo(info, draw)),
  outputName: (graph, draw) =>
    some(graph.output, draw, (info) => {
      info.name = draw.pick(['', 'nowhere', ...namesOf(graph)]);
    }),
  rewire: (graph, draw) =>
    some(graph.node, draw, ({ input }) => put(input, draw.pick(['', 'nowhere', ...namesOf(graph)]), draw)),
  swapInputs: (graph, draw) => some(graph.node, draw, ({ input }) => void input.reverse()),
  dropInput: (graph, draw) => some(graph.node, draw, ({ input }) => removed(input, draw)),
  renameOutput: (graph, draw) =>
    some(graph.node, draw, ({ output }) => put(output, draw.pick(['', 'new', ...namesOf(graph)]), draw)),
  dropOutput: (graph, draw) => some(graph.node, draw, ({ output }) => removed(output, draw)),
  dropNode: (graph, draw) => removed(graph.node, draw),
  repeatNode: (graph, draw) =>
    some(graph.node, draw, (node) => void graph.node.push(create(NodeProtoSchema, node))),
  operator: (graph, draw) =>
    some(graph.node, draw, (node) => {
      node.opType = draw.pick([...strangeTypes, ...graph.node.map(({ opType }) => opType)]);
    }),
  domain: (graph, draw) =>
    some(graph.node, draw, (node) => {
      node.domain = draw.pick(['ai.onnx.ml', 'com.microsoft', 'nowhere']);
    }),
  attributeValue: (graph, draw) =>
    some(attributesOf(graph), draw, ([, attribute]) => changeAttribute(attribute, draw)),
  attributeKind: (graph, draw) =>
    some(attributesOf(graph), draw, ([, attribute]) => {
      attribute.type = draw.int(0, 15);
    }),
  attributeName: (graph, draw) =>
    some(attributesOf(graph), draw, ([node, attribute]) => {
      attribute.name = draw.pick(['', 'axis', 'value', ...node.attribute.map(({ name }) => name)]);
    }),
  dropAttribute: (graph, draw) => some(attributesOf(graph), draw, ([node]) => removed(node.attribute, draw)),
  addAttribute: (graph, draw) => some(graph.node, draw, (node) => addSizing(node, draw)),
  opset: (_, draw, model) =>
    some(model.opsetImport, draw, (opset) => {
      opset.version = draw.pick([1n, 5n, 6n, 8n, 10n, 12n, 13n, 18n, 21n, 23n, 99n, 1n << 40n, 0n, -1n]);
    }),
  otherOpset: (_, draw, model) =>
    void model.opsetImport.push(
      create(OperatorSetIdProtoSchema, { domain: draw.pick(['', 'ai.onnx.ml', 'x']), version: 3n }),
    ),
  irVersion: (_, draw, model) => {
    model.irVersion = draw.pick([0n, 1n, 3n, 4n, 9n, 13n, 99n, 1n << 40n]);
  },
  addWeight: (graph, draw) => {
    const dims = [draw.pick(hugeSizes)];
    graph.initializer.push(create(TensorProtoSchema, { name: draw.pick(namesOf(graph)), dims, dataType: 1 }));
  },
} satisfies Record<string, Mutate>;

/** Changes that most readers let pass: what is wrong shows when the model is run. */
const subtle = {
  reshapeWeight: (graph, draw) =>
    some(tensorsOf(graph), draw, (tensor) => {
      put(tensor.dims, draw.pick(plausibleSizes), draw);
      refilled(tensor);
    }),
  rankOfWeight: (graph, draw) =>
    some(tensorsOf(graph), draw, (tensor) => {
      broken.weightRank({ ...graph, initializer: [tensor], node: [] }, draw);
      refilled(tensor);
    }),
  typeOfWeight: (graph, draw) =>
    some(tensorsOf(graph), draw, (tensor) => {
      tensor.dataType = draw.int(1, 13);
      refilled(tensor);
    }),
  weightFloat: broken.weightFloat,
  weightInteger: broken.weightInteger,
  weightSmallInteger: (graph, draw) =>
    some(
      tensorsOf(graph).flatMap((tensor) => integersIn(tensor) ?? []),
      draw,
      (view) =>
        view.setBigInt64(
          8 * draw.int(0, Math.floor(view.byteLength / 8) - 1),
          draw.pick([-2n, -1n, ...plausibleSizes]),
          true,
        ),
    ),
  inputInfo: broken.inputInfo,
  valueInfo: broken.valueInfo,
  rewire: broken.rewire,
  swapInputs: broken.swapInputs,
  dropInput: broken.dropInput,
  operator: broken.operator,
  insertNode: (graph, draw) =>
    some(graph.node, draw, (node) => {
      const name = `new${graph.node.length}`;
      graph.node.push({ ...create(NodeProtoSchema, node), name, output: [name] });
      some(graph.node, draw, ({ input }) => put(input, name, draw));
    }),
  attributeValue: broken.attributeValue,
  attributeKind: broken.attributeKind,
  smallAttribute: (graph, draw) =>
    some(attributesOf(graph), draw, ([, attribute]) => {
      if (attribute.type === AttributeType.INT) attribute.i = draw.pick([-2n, -1n, ...plausibleSizes]);
      else if (attribute.type === AttributeType.INTS)
        put(attribute.ints, draw.pick([-1n, ...plausibleSizes]), draw);
      else changeAttribute(attribute, draw);
    }),
  dropAttribute: broken.dropAttribute,
  addAttribute: broken.addAttribute,
  opset: broken.opset,
} satisfies Record<string, Mutate>;

export const mutations = { broken, subtle } satisfies Record<string, Record<string, Mutate>>;

// Graphs as messages, by what is generated from onnx.proto: what src/onnx writes by hand is compared with it.
// Regenerate onnx_pb.ts after replacing onnx.proto (onnx/onnx.proto of github.com/onnx/onnx), in this folder:
//   npx -p @bufbuild/buf -p @bufbuild/protoc-gen-es@2.12 buf generate
// with a buf.gen.yaml of `version: v2`, `plugins: [{ local: protoc-gen-es, out: ., opt: target=ts }]`. Then see what src/onnx/proto.ts lacks.
import { create, fromBinary } from '@bufbuild/protobuf';
import type { Tensor } from '../../src/base/tensor.js';
import type { Attribute, Dimension, Graph, Node, ValueInfo } from '../../src/graph/graph.js';
import { dataTypes } from '../../src/onnx/dtypes.js';
import { encodeText } from '../../src/onnx/text.js';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  GraphProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type TensorShapeProto,
  type TensorShapeProto_Dimension,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './onnx_pb.js';

/** A graph inside an attribute, complete. */
export function encodeSubgraph(graph: Graph): GraphProto {
  const proto = encodeStructure(graph);
  proto.initializer = [...graph.constants].map(([name, tensor]) => {
    const encoded = encodeTensor(tensor);
    encoded.name = name;
    return encoded;
  });
  return proto;
}

/** Everything but the initialisers. */
export const encodeStructure = (graph: Graph): GraphProto =>
  create(GraphProtoSchema, {
    name: graph.name,
    node: graph.nodes.map(encodeNode),
    input: graph.inputs.map(encodeValueInfo),
    output: graph.outputs.map(encodeValueInfo),
  });

const encodeNode = (node: Node): NodeProto =>
  create(NodeProtoSchema, {
    name: node.name,
    opType: node.type,
    domain: node.domain === '' ? undefined : node.domain,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: [...node.attributes].map(([name, attribute]) =>
      encodeAttribute(name, attribute, encodeSubgraph),
    ),
  });

type EncodeGraph = (graph: Graph) => GraphProto;

export function encodeAttribute(
  name: string,
  attribute: Attribute,
  encodeGraph: EncodeGraph,
): AttributeProto {
  const proto = fields(attribute, encodeGraph);
  proto.name = name;
  return proto;
}

function fields(attribute: Attribute, encodeGraph: EncodeGraph): AttributeProto {
  const schema = AttributeProtoSchema;
  switch (attribute.kind) {
    case 'float':
      return create(schema, { type: AttributeType.FLOAT, f: attribute.value });
    case 'int':
      return create(schema, { type: AttributeType.INT, i: int64(attribute.value) });
    case 'string':
      return create(schema, { type: AttributeType.STRING, s: encodeText(attribute.value) });
    case 'tensor':
      return create(schema, { type: AttributeType.TENSOR, t: encodeTensor(attribute.value) });
    case 'graph':
      return create(schema, { type: AttributeType.GRAPH, g: encodeGraph(attribute.value) });
    case 'floats':
      return create(schema, { type: AttributeType.FLOATS, floats: [...attribute.value] });
    case 'ints':
      return create(schema, { type: AttributeType.INTS, ints: attribute.value.map(int64) });
    case 'strings':
      return create(schema, { type: AttributeType.STRINGS, strings: attribute.value.map(encodeText) });
    case 'tensors':
      return create(schema, { type: AttributeType.TENSORS, tensors: attribute.value.map(encodeTensor) });
    case 'graphs':
      return create(schema, { type: AttributeType.GRAPHS, graphs: attribute.value.map(encodeGraph) });
    case 'opaque':
      return fromBinary(schema, attribute.value);
  }
}

const GREATEST_INT64 = 2n ** 63n - 1n;

/** 2^63, which is how the greatest int64 decodes, goes back to it. */
function int64(value: number): bigint {
  const exact = BigInt(value);
  return exact > GREATEST_INT64 ? GREATEST_INT64 : exact;
}

/** Everything but the numbers; strings included. */
export function encodeHeader({ dtype, shape, data }: Tensor, name?: string): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: shape.map(BigInt),
    dataType: dataTypes[dtype],
    stringData: isStrings(data) ? data.map(encodeText) : [],
  });
}

/** undefined for strings, which have no raw form. */
export const rawBytes = ({ data }: Tensor): Uint8Array | undefined =>
  isStrings(data) ? undefined : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

export function encodeTensor(tensor: Tensor): TensorProto {
  const proto = encodeHeader(tensor);
  const raw = rawBytes(tensor);
  if (raw !== undefined) proto.rawData = raw;
  return proto;
}

const isStrings = (data: Tensor['data']): data is readonly string[] => Array.isArray(data);
export function encodeValueInfo({ name, dtype, shape }: ValueInfo): ValueInfoProto {
  if (dtype === undefined && shape === undefined) return create(ValueInfoProtoSchema, { name });
  const tensorType = create(TypeProto_TensorSchema, {
    elemType: dtype === undefined ? undefined : dataTypes[dtype],
    shape: shape === undefined ? undefined : encodeShape(shape),
  });
  const type = create(TypeProtoSchema, { value: { case: 'tensorType', value: tensorType } });
  return create(ValueInfoProtoSchema, { name, type });
}

const encodeShape = (shape: readonly Dimension[]): TensorShapeProto =>
  create(TensorShapeProtoSchema, { dim: shape.map(encodeDimension) });

function encodeDimension(dimension: Dimension): TensorShapeProto_Dimension {
  const schema = TensorShapeProto_DimensionSchema;
  if (dimension === undefined) return create(schema);
  return typeof dimension === 'number'
    ? create(schema, { value: { case: 'dimValue', value: BigInt(dimension) } })
    : create(schema, { value: { case: 'dimParam', value: dimension } });
}

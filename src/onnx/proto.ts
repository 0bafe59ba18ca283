// ONNX's protobuf messages: of onnx.proto (onnx/onnx.proto of github.com/onnx/onnx), what is read of a file. Tests compare this with the
// reader that is generated from onnx.proto, which takes longer to start than everything else of a short run.
import { type Message, message, type OneOf } from './proto-fields.js';

export const AttributeType = {
  UNDEFINED: 0,
  FLOAT: 1,
  INT: 2,
  STRING: 3,
  TENSOR: 4,
  GRAPH: 5,
  FLOATS: 6,
  INTS: 7,
  STRINGS: 8,
  TENSORS: 9,
  GRAPHS: 10,
  SPARSE_TENSOR: 11,
  SPARSE_TENSORS: 12,
  TYPE_PROTO: 13,
  TYPE_PROTOS: 14,
} as const;
export type AttributeType = (typeof AttributeType)[keyof typeof AttributeType];

export const DataLocation = { DEFAULT: 0, EXTERNAL: 1 } as const;

/** In what an element is not one of ours, too: errors name it. */
export const DataType = {
  UNDEFINED: 0,
  FLOAT: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  STRING: 8,
  BOOL: 9,
  FLOAT16: 10,
  DOUBLE: 11,
  UINT32: 12,
  UINT64: 13,
  COMPLEX64: 14,
  COMPLEX128: 15,
  BFLOAT16: 16,
  FLOAT8E4M3FN: 17,
  FLOAT8E4M3FNUZ: 18,
  FLOAT8E5M2: 19,
  FLOAT8E5M2FNUZ: 20,
  UINT4: 21,
  INT4: 22,
  FLOAT4E2M1: 23,
  FLOAT8E8M0: 24,
  UINT2: 25,
  INT2: 26,
  FLOAT6E2M3: 27,
  FLOAT6E3M2: 28,
} as const;

/** A message of which nothing is read. */
const passedOver = message<object>('message', {});

export type StringStringEntryProto = { key: string; value: string };
const stringStringEntry = message<StringStringEntryProto>('StringStringEntryProto', {
  key: [1, 'string'],
  value: [2, 'string'],
});

export type TensorProto = {
  dims: bigint[];
  dataType: number;
  segment?: object;
  floatData: number[];
  int32Data: number[];
  stringData: Uint8Array[];
  int64Data: bigint[];
  name: string;
  rawData: Uint8Array;
  doubleData: number[];
  uint64Data: bigint[];
  externalData: StringStringEntryProto[];
  dataLocation: number;
};
export const tensorProto = message<TensorProto>('TensorProto', {
  dims: [1, 'int64', 'list'],
  dataType: [2, 'int32'],
  segment: [3, () => passedOver],
  floatData: [4, 'float', 'list'],
  int32Data: [5, 'int32', 'list'],
  stringData: [6, 'bytes', 'list'],
  int64Data: [7, 'int64', 'list'],
  name: [8, 'string'],
  rawData: [9, 'bytes'],
  doubleData: [10, 'double', 'list'],
  uint64Data: [11, 'uint64', 'list'],
  externalData: [13, () => stringStringEntry, 'list'],
  dataLocation: [14, DataLocation],
});

export type DimensionProto = { value: OneOf<{ dimValue: bigint; dimParam: string }> };
const dimensionProto = message<DimensionProto>('Dimension', {
  value: { oneOf: { dimValue: [1, 'int64'], dimParam: [2, 'string'] } },
});

export type TensorShapeProto = { dim: DimensionProto[] };
const tensorShapeProto = message<TensorShapeProto>('TensorShapeProto', {
  dim: [1, () => dimensionProto, 'list'],
});

export type TensorTypeProto = { elemType: number; shape?: TensorShapeProto };
const tensorTypeProto = message<TensorTypeProto>('Tensor', {
  elemType: [1, 'int32'],
  shape: [2, () => tensorShapeProto],
});

type Kinds = { tensorType: TensorTypeProto } & Record<
  'sequenceType' | 'mapType' | 'opaqueType' | 'sparseTensorType' | 'optionalType',
  object
>;
export type TypeProto = { value: OneOf<Kinds> };
const typeProto = message<TypeProto>('TypeProto', {
  value: {
    oneOf: {
      tensorType: [1, () => tensorTypeProto],
      sequenceType: [4, () => passedOver],
      mapType: [5, () => passedOver],
      opaqueType: [7, () => passedOver],
      sparseTensorType: [8, () => passedOver],
      optionalType: [9, () => passedOver],
    },
  },
});

export type ValueInfoProto = { name: string; type?: TypeProto };
const valueInfoProto = message<ValueInfoProto>('ValueInfoProto', {
  name: [1, 'string'],
  type: [2, () => typeProto],
});

export type AttributeProto = {
  name: string;
  f: number;
  i: bigint;
  s: Uint8Array;
  t?: TensorProto;
  g?: GraphProto;
  floats: number[];
  ints: bigint[];
  strings: Uint8Array[];
  tensors: TensorProto[];
  graphs: GraphProto[];
  type: AttributeType;
  refAttrName: string;
  source: Uint8Array;
};
export const attributeProto = message<AttributeProto>(
  'AttributeProto',
  {
    name: [1, 'string'],
    f: [2, 'float'],
    i: [3, 'int64'],
    s: [4, 'bytes'],
    t: [5, () => tensorProto],
    g: [6, () => graphProto],
    floats: [7, 'float', 'list'],
    ints: [8, 'int64', 'list'],
    strings: [9, 'bytes', 'list'],
    tensors: [10, () => tensorProto, 'list'],
    graphs: [11, () => graphProto, 'list'],
    type: [20, AttributeType],
    refAttrName: [21, 'string'],
  },
  true,
);

export type NodeProto = {
  input: string[];
  output: string[];
  name: string;
  opType: string;
  attribute: AttributeProto[];
  domain: string;
  overload: string;
};
const nodeProto = message<NodeProto>('NodeProto', {
  input: [1, 'string', 'list'],
  output: [2, 'string', 'list'],
  name: [3, 'string'],
  opType: [4, 'string'],
  attribute: [5, () => attributeProto, 'list'],
  domain: [7, 'string'],
  overload: [8, 'string'],
});

export type GraphProto = {
  node: NodeProto[];
  name: string;
  initializer: TensorProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
  sparseInitializer: object[];
};
export const graphProto: Message<GraphProto> = message<GraphProto>('GraphProto', {
  node: [1, () => nodeProto, 'list'],
  name: [2, 'string'],
  initializer: [5, () => tensorProto, 'list'],
  input: [11, () => valueInfoProto, 'list'],
  output: [12, () => valueInfoProto, 'list'],
  sparseInitializer: [15, () => passedOver, 'list'],
});

export type OperatorSetIdProto = { domain: string; version: bigint };
const operatorSetIdProto = message<OperatorSetIdProto>('OperatorSetIdProto', {
  domain: [1, 'string'],
  version: [2, 'int64'],
});

export type FunctionProto = {
  name: string;
  input: string[];
  output: string[];
  node: NodeProto[];
  opsetImport: OperatorSetIdProto[];
  domain: string;
  attributeProto: AttributeProto[];
  source: Uint8Array;
};
export const functionProto = message<FunctionProto>(
  'FunctionProto',
  {
    name: [1, 'string'],
    input: [4, 'string', 'list'],
    output: [5, 'string', 'list'],
    node: [7, () => nodeProto, 'list'],
    opsetImport: [9, () => operatorSetIdProto, 'list'],
    domain: [10, 'string'],
    attributeProto: [11, () => attributeProto, 'list'],
  },
  true,
);

export type ModelProto = {
  irVersion: bigint;
  producerName: string;
  graph?: GraphProto;
  opsetImport: OperatorSetIdProto[];
  functions: FunctionProto[];
};
export const modelProto = message<ModelProto>('ModelProto', {
  irVersion: [1, 'int64'],
  producerName: [2, 'string'],
  graph: [7, () => graphProto],
  opsetImport: [8, () => operatorSetIdProto, 'list'],
  functions: [25, () => functionProto, 'list'],
});

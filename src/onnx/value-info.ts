// Types of graph inputs and outputs. Sequences, maps and optionals keep their name only.
import { create } from '@bufbuild/protobuf';
import type { Dimension, ValueInfo } from '../graph/graph.js';
import { dataTypes, dtypeOf } from './dtypes.js';
import { invalid } from './errors.js';
import {
  type TensorShapeProto,
  type TensorShapeProto_Dimension,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './proto.js';

/** Greatest size of one axis, and greatest number of elements of a tensor, that we accept. */
export const GREATEST_SIZE = 2 ** 31 - 1;

export function decodeValueInfo({ name, type }: ValueInfoProto, where: string): ValueInfo {
  if (type?.value.case !== 'tensorType') return { name, dtype: undefined, shape: undefined };
  const { elemType, shape } = type.value.value;
  return {
    name,
    dtype: elemType === 0 ? undefined : dtypeOf(elemType, where),
    shape: shape === undefined ? undefined : shape.dim.map((dim) => decodeDimension(dim, where)),
  };
}

function decodeDimension({ value }: TensorShapeProto_Dimension, where: string): Dimension {
  if (value.case === 'dimParam') return value.value === '' ? undefined : value.value;
  // Exporters write -1 where they mean "any".
  if (value.case === undefined || value.value < 0n) return undefined;
  if (value.value > BigInt(GREATEST_SIZE)) throw invalid(where, `axis of absurd size ${value.value}`);
  return Number(value.value);
}

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

// Tensor -> TensorProto. Numbers go as raw data: the array's own bytes, seen through a view, never copied here.
import { create } from '@bufbuild/protobuf';
import type { Tensor } from '../base/tensor.js';
import { dataTypes } from './dtypes.js';
import { type TensorProto, TensorProtoSchema } from './proto.js';
import { encodeText } from './text.js';

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

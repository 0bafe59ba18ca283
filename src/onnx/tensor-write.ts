// Tensor -> TensorProto. Numbers go as raw data: the array's own bytes.
import type { Tensor } from '../base/tensor.js';
import { dataTypes } from './dtypes.js';
import type { ProtoWriter } from './proto-writer.js';
import { encodeText } from './text.js';

// Numbers of fields, as onnx.proto has them.
export const tensorFields = { dims: 1, dataType: 2, stringData: 6, name: 8, rawData: 9 } as const;

/** Appends the content of a message. */
export function writeTensor(writer: ProtoWriter, tensor: Tensor, name?: string): void {
  writeHeader(writer, tensor, name);
  const raw = rawBytes(tensor);
  if (raw !== undefined) writer.bytes(tensorFields.rawData, raw);
}

/** Everything but the numbers; strings included. */
export function writeHeader(writer: ProtoWriter, { dtype, shape, data }: Tensor, name?: string): void {
  for (const size of shape) writer.integer(tensorFields.dims, size);
  writer.integer(tensorFields.dataType, dataTypes[dtype]);
  if (isStrings(data)) for (const text of data) writer.bytes(tensorFields.stringData, encodeText(text));
  if (name !== undefined) writer.text(tensorFields.name, name);
}

/** A view; undefined for strings, which have no raw form. */
export const rawBytes = ({ data }: Tensor): Uint8Array | undefined =>
  isStrings(data) ? undefined : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

const isStrings = (data: Tensor['data']): data is readonly string[] => Array.isArray(data);

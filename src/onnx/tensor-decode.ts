// TensorProto -> Tensor. Nothing is allocated by a size that the file claims before data of that size was seen.
import { byteLength, dtypes, type NumericDType, type TypedArray } from '../base/dtype.js';
import { sizeOf } from '../base/shape.js';
import { type Tensor, tensor } from '../base/tensor.js';
import { dtypeOf } from './dtypes.js';
import { invalid, unsupported } from './errors.js';
import { externalBytes, type Source } from './external-data.js';
import { DataLocation, type TensorProto } from './proto.js';
import { decodeText } from './text.js';
import { decodeTyped } from './typed-data.js';
import { GREATEST_SIZE } from './value-info.js';

const GREATEST_RANK = 64;

export function decodeTensor(proto: TensorProto, where: string, source: Source): Tensor {
  const dtype = dtypeOf(proto.dataType, where);
  const shape = decodeDims(proto.dims, where);
  if (proto.segment !== undefined) {
    throw unsupported(where, 'the tensor is stored in segments', 'store it in one piece');
  }
  if (dtype === 'string') return tensor(dtype, shape, decodeStrings(proto, sizeOf(shape), where));
  return tensor(dtype, shape, decodeData(proto, dtype, sizeOf(shape), where, source));
}

function decodeDims(dims: readonly bigint[], where: string): number[] {
  if (dims.length > GREATEST_RANK) throw invalid(where, `has ${dims.length} axes`);
  const shape = dims.map((dim) => {
    if (dim < 0n || dim > BigInt(GREATEST_SIZE)) throw invalid(where, `axis of absurd size ${dim}`);
    return Number(dim);
  });
  // Written so that it catches NaN, which infinity times an empty axis gives.
  if (!(sizeOf(shape) <= GREATEST_SIZE)) {
    throw invalid(where, `dims [${shape}] make more than ${GREATEST_SIZE} elements`);
  }
  return shape;
}

function decodeData(
  proto: TensorProto,
  dtype: NumericDType,
  size: number,
  where: string,
  source: Source,
): TypedArray {
  const bytes = byteLength(dtype, size);
  if (proto.dataLocation === DataLocation.EXTERNAL) {
    return fromRaw(dtype, externalBytes(proto, bytes, where, source));
  }
  if (proto.rawData.length === 0) return decodeTyped(proto, dtype, size, where);
  if (proto.rawData.length !== bytes) {
    throw invalid(where, `holds ${proto.rawData.length} bytes where ${dtype}[${proto.dims}] needs ${bytes}`);
  }
  return fromRaw(dtype, proto.rawData);
}

/** A copy, since raw data starts at any byte of the file. Little-endian, as is every machine ONNX Runtime runs on. */
function fromRaw(dtype: NumericDType, raw: Uint8Array): TypedArray {
  return new dtypes[dtype].array(new Uint8Array(raw).buffer);
}

function decodeStrings(proto: TensorProto, size: number, where: string): string[] {
  if (proto.stringData.length !== size) {
    throw invalid(
      where,
      `holds ${proto.stringData.length} strings where its dims [${proto.dims}] need ${size}`,
    );
  }
  return proto.stringData.map((bytes) => {
    const text = decodeText(bytes);
    if (text === undefined) throw invalid(where, 'holds a string that is not UTF-8');
    return text;
  });
}

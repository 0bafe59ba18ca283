// Elements in the typed fields of a TensorProto (float_data, int32_data, ...), which predate raw_data.
import { byteLength, dtypes, type NumericDType, type TypedArray } from '../base/dtype.js';
import { invalid } from './errors.js';
import type { TensorProto } from './proto.js';

/** Numbers outside the element type wrap, as they do in ONNX's own reference reader. */
export function decodeTyped(
  proto: TensorProto,
  dtype: NumericDType,
  size: number,
  where: string,
): TypedArray {
  const checked = <T>(items: readonly T[], field: string, expected = size): readonly T[] => {
    if (items.length === expected) return items;
    throw invalid(
      where,
      `${field} has ${items.length} entries where ${dtype}[${proto.dims}] needs ${expected}`,
    );
  };
  switch (dtype) {
    case 'float32':
      return Float32Array.from(checked(proto.floatData, 'float_data'));
    case 'float64':
      return Float64Array.from(checked(proto.doubleData, 'double_data'));
    case 'int64':
      return BigInt64Array.from(checked(proto.int64Data, 'int64_data'));
    case 'uint64':
      return BigUint64Array.from(checked(proto.uint64Data, 'uint64_data'));
    case 'uint32':
      return Uint32Array.from(checked(proto.uint64Data, 'uint64_data'), Number);
    case 'int4':
    case 'uint4':
      // Two elements to an entry, just as two to a byte in raw data.
      return Uint8Array.from(checked(proto.int32Data, 'int32_data', byteLength(dtype, size)));
    default: {
      const data = new dtypes[dtype].array(checked(proto.int32Data, 'int32_data').length);
      data.set(proto.int32Data);
      return data;
    }
  }
}

// Element types: our names against the numbers of ONNX's TensorProto.DataType.
import type { DType } from '../base/dtype.js';
import { invalid, unsupported } from './errors.js';
import { DataType } from './proto.js';

export const dataTypes = {
  float32: DataType.FLOAT,
  float64: DataType.DOUBLE,
  float16: DataType.FLOAT16,
  bfloat16: DataType.BFLOAT16,
  float8e4m3fn: DataType.FLOAT8E4M3FN,
  float8e4m3fnuz: DataType.FLOAT8E4M3FNUZ,
  float8e5m2: DataType.FLOAT8E5M2,
  float8e5m2fnuz: DataType.FLOAT8E5M2FNUZ,
  int8: DataType.INT8,
  int16: DataType.INT16,
  int32: DataType.INT32,
  int64: DataType.INT64,
  uint8: DataType.UINT8,
  uint16: DataType.UINT16,
  uint32: DataType.UINT32,
  uint64: DataType.UINT64,
  int4: DataType.INT4,
  uint4: DataType.UINT4,
  bool: DataType.BOOL,
  string: DataType.STRING,
} as const satisfies Record<DType, number>;

const dtypeNames = Object.keys(dataTypes) as DType[];
const byNumber = new Map<number, DType>(dtypeNames.map((dtype) => [dataTypes[dtype], dtype]));

/** The dtype behind ONNX's number, or the reason why there is none. */
export function dtypeOf(number: number, where: string): DType {
  const dtype = byNumber.get(number);
  if (dtype !== undefined) return dtype;
  const name = Object.entries(DataType).find(([, known]) => known === number)?.[0];
  if (name === undefined || number === DataType.UNDEFINED) {
    throw invalid(where, `element type ${number} is not one of ONNX's`);
  }
  throw unsupported(
    where,
    `element type ${name} is not supported`,
    `convert it to one of ${dtypeNames.join(', ')}`,
  );
}

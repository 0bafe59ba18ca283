// The element types of VNN-LIB 2.0: those of ONNX, and real numbers.

/** `Real` is what drafts of the standard called `real`. Complex numbers, strings and truth values have no order. */
export const elementTypes = [
  'real',
  'Real',
  'float16',
  'float32',
  'float64',
  'bfloat16',
  'float8e4m3fn',
  'float8e5m2',
  'float8e4m3fnuz',
  'float8e5m2fnuz',
  'float4e2m1',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
] as const;

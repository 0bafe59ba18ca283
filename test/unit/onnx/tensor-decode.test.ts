import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import type { DType, NumericDType } from '../../../src/base/dtype.js';
import { dataTypes } from '../../../src/onnx/dtypes.js';
import { decodeTensor } from '../../../src/onnx/tensor-decode.js';
import { encodeText } from '../../../src/onnx/text.js';
import { TensorProto_DataType, TensorProtoSchema } from '../../onnx-proto/onnx_pb.js';
import { FILE, failure } from './fixtures.js';

const WHERE = `${FILE}: initialiser "w"`;
type Init = MessageInitShape<typeof TensorProtoSchema>;
const decode = (init: Init) => decodeTensor(create(TensorProtoSchema, init), WHERE, { file: FILE });
const bits16 = Uint16Array.of(0x3c00, 0xffff);
const bytes8 = Uint8Array.of(0x38, 0xff);

/** The same two (for 4-bit types: three) elements in the typed field and as the array that they become. */
const typed: Record<NumericDType, { init: Init; data: ArrayBufferView; size?: number }> = {
  float32: { init: { floatData: [1.5, -0] }, data: Float32Array.of(1.5, -0) },
  float64: { init: { doubleData: [0.1, Infinity] }, data: Float64Array.of(0.1, Infinity) },
  float16: { init: { int32Data: [...bits16] }, data: bits16 },
  bfloat16: { init: { int32Data: [...bits16] }, data: bits16 },
  float8e4m3fn: { init: { int32Data: [...bytes8] }, data: bytes8 },
  float8e4m3fnuz: { init: { int32Data: [...bytes8] }, data: bytes8 },
  float8e5m2: { init: { int32Data: [...bytes8] }, data: bytes8 },
  float8e5m2fnuz: { init: { int32Data: [...bytes8] }, data: bytes8 },
  int8: { init: { int32Data: [-128, 127] }, data: Int8Array.of(-128, 127) },
  int16: { init: { int32Data: [-32768, 5] }, data: Int16Array.of(-32768, 5) },
  int32: { init: { int32Data: [-(2 ** 31), 5] }, data: Int32Array.of(-(2 ** 31), 5) },
  int64: { init: { int64Data: [-(2n ** 63n), 5n] }, data: BigInt64Array.of(-(2n ** 63n), 5n) },
  uint8: { init: { int32Data: [255, 0] }, data: Uint8Array.of(255, 0) },
  uint16: { init: { int32Data: [65535, 0] }, data: Uint16Array.of(65535, 0) },
  uint32: { init: { uint64Data: [2n ** 32n - 1n, 0n] }, data: Uint32Array.of(2 ** 32 - 1, 0) },
  uint64: { init: { uint64Data: [2n ** 64n - 1n, 0n] }, data: BigUint64Array.of(2n ** 64n - 1n, 0n) },
  int4: { init: { int32Data: [0x8f, 0x07] }, data: Uint8Array.of(0x8f, 0x07), size: 3 },
  uint4: { init: { int32Data: [0x8f, 0x07] }, data: Uint8Array.of(0x8f, 0x07), size: 3 },
  bool: { init: { int32Data: [1, 0] }, data: Uint8Array.of(1, 0) },
};

describe.each(Object.keys(typed) as NumericDType[])('%s', (dtype) => {
  const { init, data, size = 2 } = typed[dtype];
  const header = { dims: [BigInt(size)], dataType: dataTypes[dtype] };
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

  test('from its typed field', () => {
    expect(decode({ ...header, ...init })).toEqual({ dtype, shape: [size], data });
  });

  test('from raw data, at any alignment', () => {
    const shifted = new Uint8Array(raw.length + 3);
    shifted.set(raw, 3);
    expect(decode({ ...header, rawData: shifted.subarray(3) })).toEqual({ dtype, shape: [size], data });
  });

  test.each([
    ['too much', new Uint8Array(raw.length + 1)],
    ['too little', raw.subarray(1)],
  ])('%s raw data', (_, rawData) => {
    expect(failure(() => decode({ ...header, rawData }))).toMatchObject({
      code: 'INVALID_MODEL',
      where: WHERE,
    });
  });

  test('without data', () => {
    expect(failure(() => decode(header))).toMatchObject({ code: 'INVALID_MODEL', where: WHERE });
    expect(decode({ ...header, dims: [0n, 3n] })).toMatchObject({ dtype, shape: [0, 3] });
  });
});

describe('strings', () => {
  const dataType = dataTypes['string' satisfies DType];

  test('are read as UTF-8', () => {
    const tensor = decode({ dims: [2n], dataType, stringData: [encodeText('größe'), encodeText('')] });
    expect(tensor).toEqual({ dtype: 'string', shape: [2], data: ['größe', ''] });
  });

  test.each([
    ['of another number', [encodeText('one')], 'dims'],
    ['that are not UTF-8', [Uint8Array.of(0xff), encodeText('b')], 'UTF-8'],
  ])('%s are an error', (_, stringData, problem) => {
    expect(failure(() => decode({ dims: [2n], dataType, stringData })).problem).toContain(problem);
  });
});

test('scalars have no axes', () => {
  expect(decode({ dataType: dataTypes.float32, floatData: [3] })).toMatchObject({ shape: [] });
});

test.each([
  [[-1n], 'absurd'],
  [[2n ** 40n], 'absurd'],
  [[2n ** 20n, 2n ** 20n], 'more than 2147483647 elements'],
  [[...new Array<bigint>(40).fill(2n ** 31n - 1n), 0n], 'more than'],
  [new Array<bigint>(65).fill(1n), '65 axes'],
  [[2n ** 30n], 'needs 4294967296'],
])('refuses dims %s before it allocates', (dims, problem) => {
  const rawData = Uint8Array.of(1, 2, 3, 4);
  expect(failure(() => decode({ dims, dataType: dataTypes.float32, rawData })).problem).toContain(problem);
});

test.each([
  [TensorProto_DataType.COMPLEX64, 'UNSUPPORTED_MODEL'],
  [TensorProto_DataType.FLOAT4E2M1, 'UNSUPPORTED_MODEL'],
  [TensorProto_DataType.UNDEFINED, 'INVALID_MODEL'],
  [999, 'INVALID_MODEL'],
])('element type %i', (dataType, code) => {
  expect(failure(() => decode({ dims: [0n], dataType }))).toMatchObject({ code, where: WHERE });
});

test('segments are not supported', () => {
  const init = { dims: [1n], dataType: dataTypes.float32, segment: { begin: 0n, end: 1n } };
  expect(failure(() => decode(init)).code).toBe('UNSUPPORTED_MODEL');
});

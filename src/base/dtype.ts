// Element types of tensors, named as ONNX Runtime names them, with the array that holds them in JavaScript.

/** float16, bfloat16 and the 8-bit floats are held as raw bits; 4-bit types as packed bytes, two to a byte. */
export const dtypes = {
  float32: { array: Float32Array, bits: 32 },
  float64: { array: Float64Array, bits: 64 },
  float16: { array: Uint16Array, bits: 16 },
  bfloat16: { array: Uint16Array, bits: 16 },
  float8e4m3fn: { array: Uint8Array, bits: 8 },
  float8e4m3fnuz: { array: Uint8Array, bits: 8 },
  float8e5m2: { array: Uint8Array, bits: 8 },
  float8e5m2fnuz: { array: Uint8Array, bits: 8 },
  int8: { array: Int8Array, bits: 8 },
  int16: { array: Int16Array, bits: 16 },
  int32: { array: Int32Array, bits: 32 },
  int64: { array: BigInt64Array, bits: 64 },
  uint8: { array: Uint8Array, bits: 8 },
  uint16: { array: Uint16Array, bits: 16 },
  uint32: { array: Uint32Array, bits: 32 },
  uint64: { array: BigUint64Array, bits: 64 },
  int4: { array: Uint8Array, bits: 4 },
  uint4: { array: Uint8Array, bits: 4 },
  bool: { array: Uint8Array, bits: 8 },
} as const;

export type NumericDType = keyof typeof dtypes;
export type DType = NumericDType | 'string';
export type FloatDType = 'float32' | 'float64';
/** The array types behind the constructors above, over any kind of buffer. */
type ArrayByConstructor<C> = C extends Float32ArrayConstructor
  ? Float32Array
  : C extends Float64ArrayConstructor
    ? Float64Array
    : C extends Uint16ArrayConstructor
      ? Uint16Array
      : C extends Uint8ArrayConstructor
        ? Uint8Array
        : C extends Int8ArrayConstructor
          ? Int8Array
          : C extends Int16ArrayConstructor
            ? Int16Array
            : C extends Int32ArrayConstructor
              ? Int32Array
              : C extends Uint32ArrayConstructor
                ? Uint32Array
                : C extends BigInt64ArrayConstructor
                  ? BigInt64Array
                  : BigUint64Array;

/** Array behind each dtype, so that `tensor('float32', ...)` is known to hold a Float32Array. */
export type ArrayOf<D extends DType> = D extends NumericDType
  ? ArrayByConstructor<(typeof dtypes)[D]['array']>
  : readonly string[];
export type TypedArray = ArrayOf<NumericDType>;

export const isFloat = (dtype: DType): dtype is FloatDType => dtype === 'float32' || dtype === 'float64';

/** Bytes that `size` elements of `dtype` take in ONNX's raw form. */
export const byteLength = (dtype: NumericDType, size: number): number =>
  Math.ceil((size * dtypes[dtype].bits) / 8);

/** Unit roundoff u: the relative error of one rounded operation is at most u. */
export const unitRoundoff = { float32: 2 ** -24, float64: 2 ** -53 } as const satisfies Record<
  FloatDType,
  number
>;
/** Smallest positive normal number: an absolute error per operation that covers gradual and flushed underflow. */
export const smallestNormal = { float32: 2 ** -126, float64: 2 ** -1022 } as const satisfies Record<
  FloatDType,
  number
>;
/** Smallest positive number. */
export const smallestSubnormal = { float32: 2 ** -149, float64: 2 ** -1074 } as const satisfies Record<
  FloatDType,
  number
>;
/** Greatest finite number. */
export const greatestFinite = {
  float32: (2 - 2 ** -23) * 2 ** 127,
  float64: Number.MAX_VALUE,
} as const satisfies Record<FloatDType, number>;

// Dense tensors: plain data, row-major, shared by every layer.
import { type ArrayOf, byteLength, type DType, dtypes, type NumericDType } from './dtype.js';
import { type Shape, sizeOf } from './shape.js';

/** Row-major elements of one type. */
export type Tensor<D extends DType = DType> = {
  readonly dtype: D;
  readonly shape: Shape;
  readonly data: ArrayOf<D>;
  /** Its maker has no more use for the array: another thread may take it instead of a copy. */
  readonly expendable?: true;
};

/** A tensor of any type; the array is not copied. */
export const tensor = <D extends DType>(dtype: D, shape: Shape, data: ArrayOf<D>): Tensor<D> => ({
  dtype,
  shape,
  data,
});

/** float32 tensor from numbers; the shape defaults to a vector. */
export const float32 = (values: ArrayLike<number>, shape: Shape = [values.length]): Tensor<'float32'> =>
  tensor('float32', shape, values instanceof Float32Array ? values : Float32Array.from(values));

/** float64 tensor from numbers; the shape defaults to a vector. */
export const float64 = (values: ArrayLike<number>, shape: Shape = [values.length]): Tensor<'float64'> =>
  tensor('float64', shape, values instanceof Float64Array ? values : Float64Array.from(values));

/** int64 tensor from numbers; the shape defaults to a vector. */
export const int64 = (values: ArrayLike<number>, shape: Shape = [values.length]): Tensor<'int64'> =>
  tensor('int64', shape, BigInt64Array.from(Array.from(values, BigInt)));

/** All elements zero. */
export function zeros<D extends NumericDType>(dtype: D, shape: Shape): Tensor<D> {
  const { array } = dtypes[dtype];
  const data = new array(byteLength(dtype, sizeOf(shape)) / array.BYTES_PER_ELEMENT) as ArrayOf<D>;
  return { dtype, shape, data };
}

/** Narrows a tensor to one of a known type. */
export const hasDType = <D extends DType>(value: Tensor, dtype: D): value is Tensor<D> =>
  value.dtype === dtype;

/** The elements as numbers. Throws TypeError for strings and for types held as raw bits. */
export function toNumbers(value: Tensor): number[] {
  switch (value.dtype) {
    case 'string':
    case 'float16':
    case 'bfloat16':
    case 'float8e4m3fn':
    case 'float8e4m3fnuz':
    case 'float8e5m2':
    case 'float8e5m2fnuz':
    case 'int4':
    case 'uint4':
      throw new TypeError(`a ${value.dtype} tensor has no plain numbers`);
    default:
      return Array.from(value.data, Number);
  }
}

/** Whether a tensor of float32 or float64 numbers has no NaN and nothing infinite. Weights are many: no array of them is made. */
export function allFinite({ data }: Tensor): boolean {
  for (let at = 0; at < data.length; at++) if (!Number.isFinite(data[at])) return false;
  return true;
}

/**
 * Rows `from` to `to` (exclusive) of the leading axis; shares memory with `value`.
 * Throws TypeError for types packed two to a byte, and RangeError for rows that are not there.
 */
export function rows<D extends NumericDType>(value: Tensor<D>, from: number, to: number): Tensor<D> {
  const [count = 0, ...rest] = value.shape;
  if (dtypes[value.dtype].bits < 8) throw new TypeError(`a ${value.dtype} tensor cannot be cut into rows`);
  if (!(0 <= from && from <= to && to <= count)) throw new RangeError(`rows ${from} to ${to} of ${count}`);
  const size = sizeOf(rest);
  return {
    dtype: value.dtype,
    shape: [to - from, ...rest],
    data: value.data.subarray(from * size, to * size) as ArrayOf<D>,
  };
}

/** One array of all elements, in order. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => {
    result.set(part, at);
    return at + part.length;
  }, 0);
  return result;
}

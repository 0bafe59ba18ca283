// .npy bytes -> tensor. Our own decoder: npyjs 1.2 knows neither big-endian nor Fortran order, fails where the header
// leaves the data unaligned, and takes all bytes to the end of the file whatever the shape.
import type { NumericDType, TypedArray } from '../../base/dtype.js';
import { type Shape, stridesOf } from '../../base/shape.js';
import type { Tensor } from '../../base/tensor.js';
import { show } from '../suggest.js';
import { elementsOf } from './elements.js';
import { readNpyHeader } from './npy-header.js';
import { invalid } from './raw.js';

/** NumPy's codes, without the byte order. */
const codes: Record<string, NumericDType> = {
  b1: 'bool',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
};

/** Why other types are refused, by the first letter of their code. */
const refusals: Record<string, string> = {
  O: 'pickled Python objects, which are never loaded: unpickling can run any code',
  U: 'text',
  S: 'text',
  c: 'complex numbers',
  f: 'floating-point numbers of an unusual size',
  M: 'dates',
  m: 'time spans',
  V: 'raw bytes',
};

/** float16 is widened to float32, which is exact. Elements are in row-major order whatever the file's. */
export function decodeNpy(bytes: Buffer, where: string): Tensor<NumericDType> {
  const header = readNpyHeader(bytes, where);
  const dtype = dtypeOf(header.descr, where);
  const { shape, dataOffset, descr } = header;
  const data = elementsOf(bytes, { dtype, shape, dataOffset, bigEndian: descr.startsWith('>') }, where);
  const ordered = header.fortranOrder && shape.length > 1 ? rowMajor(data, shape) : data;
  if (dtype !== 'float16') return { dtype, shape, data: ordered };
  return { dtype: 'float32', shape, data: Float32Array.from(ordered as Uint16Array, widenHalf) };
}

function dtypeOf(descr: string, where: string): NumericDType {
  const dtype = /^[<>|=]/.test(descr) ? codes[descr.slice(1)] : undefined;
  if (dtype !== undefined) return dtype;
  const letter = descr.replace(/^[<>|=]/, '').charAt(0);
  const hint = 'save a numeric array: float16 to float64, (u)int8 to (u)int64 or bool';
  throw invalid(where, `holds ${refusals[letter] ?? 'an unknown type'} (dtype ${show(descr)})`, hint);
}

/** Reorders elements whose first axis is fastest so that the last one is. */
function rowMajor<T extends TypedArray>(data: T, shape: Shape): T {
  const source = stridesOf(shape.toReversed()).toReversed();
  const ordered = data.slice() as T;
  const index = shape.map(() => 0);
  let offset = 0;
  for (let position = 0; position < data.length; position++) {
    ordered[position] = data[offset] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = source[axis] ?? 0;
      index[axis] = (index[axis] ?? 0) + 1;
      offset += stride;
      if (index[axis] !== shape[axis]) break;
      offset -= stride * (shape[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return ordered;
}

/** IEEE 754 binary16, from its bits. */
function widenHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

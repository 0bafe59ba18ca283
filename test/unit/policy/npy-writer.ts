// Writes .npy bytes in any type, byte order and layout: for tests only.
import { dtypes, type NumericDType } from '../../../src/base/dtype.js';
import { sizeOf } from '../../../src/base/shape.js';

/** The types of NumPy that are plain numbers, by NumPy's code. */
export const npyCodes = {
  b1: 'bool',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  f4: 'float32',
  f8: 'float64',
} as const satisfies Record<string, NumericDType>;
export type NpyCode = keyof typeof npyCodes;

export type Layout = { readonly big?: boolean; readonly fortran?: boolean };

/** @param values row-major */
export function npy(
  code: NpyCode,
  shape: readonly number[],
  values: readonly number[],
  layout: Layout = {},
): Buffer {
  const { big = false, fortran = false } = layout;
  const ordered = fortran ? columnMajor(values, shape) : values;
  const python = `(${shape.map((dim) => `${dim}, `).join('')})`;
  const descr = `${big ? '>' : '<'}${code}`;
  const fortranOrder = fortran ? 'True' : 'False';
  return withHeader(
    `{'descr': '${descr}', 'fortran_order': ${fortranOrder}, 'shape': ${python}, }\n`,
    body(code, ordered, big),
  );
}

/** Any header text before any bytes. */
export function withHeader(header: string, data: Uint8Array, version = 1): Buffer {
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  length.writeUIntLE(header.length, 0, length.length);
  return Buffer.concat([
    Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\0`, 'latin1'),
    length,
    Buffer.from(header),
    data,
  ]);
}

function body(code: NpyCode, values: readonly number[], big: boolean): Uint8Array {
  const { array, bits } = dtypes[npyCodes[code]];
  const isBig = array === BigInt64Array || array === BigUint64Array;
  const data = isBig ? array.from(values.map(BigInt)) : (array as Float64ArrayConstructor).from(values);
  const bytes = new Uint8Array(data.buffer);
  if (big) for (let at = 0; at < bytes.length; at += bits / 8) bytes.subarray(at, at + bits / 8).reverse();
  return bytes;
}

/** By the definition: element (i, j, k) stands at i + I (j + J k). */
function columnMajor(values: readonly number[], shape: readonly number[]): number[] {
  const ordered = new Array<number>(sizeOf(shape));
  for (const [index, value] of values.entries()) {
    let rest = index;
    let position = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const dim = shape[axis] ?? 1;
      position += (rest % dim) * sizeOf(shape.slice(0, axis));
      rest = Math.floor(rest / dim);
    }
    ordered[position] = value;
  }
  return ordered;
}

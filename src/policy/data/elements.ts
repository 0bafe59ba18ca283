// The elements of an array that a file holds in one piece, as NumPy's and the IDX format do.
import { dtypes, type NumericDType, type TypedArray } from '../../base/dtype.js';
import { sizeOf } from '../../base/shape.js';
import { CEILING, invalid } from './raw.js';

export type ArrayHeader = {
  readonly dtype: NumericDType;
  readonly shape: readonly number[];
  /** Offset of the first element; the last one ends the file. */
  readonly dataOffset: number;
  readonly bigEndian: boolean;
};

/** A fresh, aligned array in this machine's byte order. The header is believed only where as many bytes follow. */
export function elementsOf(bytes: Buffer, header: ArrayHeader, where: string): TypedArray {
  const { dtype, shape, dataOffset, bigEndian } = header;
  const { array, bits } = dtypes[dtype];
  const width = bits / 8;
  const expected = sizeOf(shape) * width;
  const found = bytes.length - dataOffset;
  // Negated, so that a product of absurd dimensions that is not a number is refused too.
  if (!(expected === found)) {
    throw invalid(
      where,
      `the header promises shape [${shape.join(', ')}] of ${dtype}, ${expected} bytes, but ${found} follow`,
    );
  }
  if (found > CEILING) throw invalid(where, `${found} bytes, more than ${CEILING}`);
  const copy = Buffer.alloc(found);
  bytes.copy(copy, 0, dataOffset);
  if (bigEndian) swap(copy, width);
  return dtype === 'bool'
    ? Uint8Array.from(copy, (byte) => (byte === 0 ? 0 : 1))
    : new array(copy.buffer, copy.byteOffset, found / width);
}

function swap(bytes: Buffer, width: number): void {
  if (width === 2) bytes.swap16();
  if (width === 4) bytes.swap32();
  if (width === 8) bytes.swap64();
}

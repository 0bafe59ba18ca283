// Writes IDX bytes, right and wrong: for tests only.
import { dtypes, type NumericDType } from '../../../src/base/dtype.js';

/** The types of IDX by their code. */
export const idxCodes = {
  8: 'uint8',
  9: 'int8',
  11: 'int16',
  12: 'int32',
  13: 'float32',
  14: 'float64',
} as const satisfies Record<number, NumericDType>;
export type IdxCode = keyof typeof idxCodes;

/** @param values row-major */
export function idx(code: IdxCode, shape: readonly number[], values: readonly number[]): Buffer {
  const { array, bits } = dtypes[idxCodes[code]];
  const data = Buffer.from((array as Float64ArrayConstructor).from(values).buffer);
  for (let at = 0; at < data.length; at += bits / 8) data.subarray(at, at + bits / 8).reverse();
  return withSizes(code, shape, data);
}

/** Any header before any bytes. */
export function withSizes(code: number, shape: readonly number[], data: Uint8Array): Buffer {
  const sizes = Buffer.alloc(4 * shape.length);
  for (const [axis, size] of shape.entries()) sizes.writeUInt32BE(size, 4 * axis);
  return Buffer.concat([Buffer.of(0, 0, code, shape.length), sizes, data]);
}

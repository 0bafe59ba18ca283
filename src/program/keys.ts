// What makes two expressions equal: text keys of attributes and constants, and constants of one number.

import type { DType } from '../base/dtype.js';
import { dtypes } from '../base/dtype.js';
import { type Shape, sizeOf } from '../base/shape.js';
import type { Tensor } from '../base/tensor.js';
import { ProgramError } from './program-error.js';
import type { Attributes } from './value.js';

/** JSON writes infinities and NaN as null and -0 as 0, so they are spelled out. */
const spelledOut = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
    ? `#${Object.is(value, -0) ? '-0' : value}`
    : value;

/** Equal for equal attributes, in the same order. */
export const attributesKey = (attributes: Attributes): string => JSON.stringify(attributes, spelledOut);

/** Small constants are equal when their bytes are; large ones when they share their array, known by `identity`. */
export function contentKey({ dtype, shape, data }: Tensor, identity: (object: object) => number): string {
  const type = `${dtype}[${shape.join()}]`;
  if (!ArrayBuffer.isView(data)) return `${type}${JSON.stringify(data)}`;
  if (data.byteLength > 1024) return `${type}#${identity(data)}`;
  return `${type}${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')}`;
}

/** A tensor of one number. Throws ProgramError where the type cannot hold it or has no plain numbers. */
export function filled(dtype: DType, shape: Shape, value: number): Tensor {
  switch (dtype) {
    case 'float32':
    case 'float64':
      return { dtype, shape, data: new dtypes[dtype].array(sizeOf(shape)).fill(value) } as Tensor;
    case 'int64':
    case 'uint64': {
      if (!Number.isSafeInteger(value)) throw new ProgramError(`${value} is not of type ${dtype}`);
      return { dtype, shape, data: new dtypes[dtype].array(sizeOf(shape)).fill(BigInt(value)) } as Tensor;
    }
    case 'bool':
    case 'int8':
    case 'int16':
    case 'int32':
    case 'uint8':
    case 'uint16':
    case 'uint32': {
      const data = new dtypes[dtype].array(sizeOf(shape)).fill(value);
      if (data.some((held) => held !== value)) throw new ProgramError(`${value} is not of type ${dtype}`);
      return { dtype, shape, data } as Tensor;
    }
    default:
      throw new ProgramError(`a number cannot stand for a ${dtype}`);
  }
}

// What makes two expressions equal: text keys of attributes and constants, and constants of one number.

import type { DType } from '../base/dtype.js';
import { dtypes } from '../base/dtype.js';
import { type Shape, sizeOf } from '../base/shape.js';
import type { Tensor } from '../base/tensor.js';
import { ProgramError } from './program-error.js';
import type { Attributes } from './value.js';

/** Numbers as JSON has them; what it lacks is spelled out. */
const numberKey = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

function attributeKey(value: Attributes[string]): string {
  if (typeof value === 'number') return numberKey(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean') return String(value);
  let text = '[';
  for (const element of value)
    text += `${typeof element === 'number' ? numberKey(element) : JSON.stringify(element)},`;
  return `${text}]`;
}

/** Equal for equal attributes, in the same order. Written for speed, as all that every node of a program asks for. */
export function attributesKey(attributes: Attributes): string {
  let text = '';
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== undefined) text += `${name}=${attributeKey(value)};`;
  }
  return text;
}

/** Small constants are equal when their bytes are; large ones when they share their array, known by `identity`. */
export function contentKey({ dtype, shape, data }: Tensor, identity: (object: object) => number): string {
  const type = `${dtype}[${shape.join()}]`;
  if (!ArrayBuffer.isView(data)) return `${type}${JSON.stringify(data)}`;
  if (data.byteLength > 1024) return `${type}#${identity(data)}`;
  const [only] = data;
  // Most constants are one number. Of NaN, the bits count.
  if (data.length === 1 && only !== undefined && !Number.isNaN(Number(only)))
    return `${type}=${typeof only === 'number' ? numberKey(only) : only}`;
  return `${type}${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1')}`;
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

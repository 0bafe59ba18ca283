// Shapes, indices and names of tensors, as VNN-LIB 2.0 writes them: [1,28,28], X[0,3], "relu_3".
import { type Shape, sizeOf, stridesOf } from '../../base/shape.js';
import { show } from '../suggest.js';
import type { Variable } from './property.js';
import type { Scanner } from './scanner.js';

/** Larger tensors do not exist, and a typing mistake must not allocate for one. */
const MOST = 2 ** 24;

export function shapeOf(scanner: Scanner, place: number): Shape {
  const shape = numbersIn(scanner);
  if (sizeOf(shape) > MOST || shape.includes(0))
    throw scanner.error(`a shape of ${sizeOf(shape)} elements`, `1 to ${MOST} are supported`, place);
  return shape;
}

/** [1,28,28] */
export function numbersIn(scanner: Scanner): number[] {
  const opened = scanner.start;
  const hint = 'indices and shapes are written [0,3]';
  const numbers: number[] = [];
  scanner.next();
  while ((scanner.kind as string) !== ']') {
    if (numbers.length > 0) {
      if ((scanner.kind as string) !== ',')
        throw scanner.error(`expected "," or "]", found ${scanner.shown()}`, hint);
      scanner.next();
    }
    if ((scanner.kind as string) === 'end') throw scanner.error('this bracket is never closed', hint, opened);
    const place = scanner.start;
    const word = scanner.take('a whole number', hint);
    if (!/^\d{1,9}$/.test(word))
      throw scanner.error(`${show(word)} is no whole number from 0 on`, hint, place);
    numbers.push(Number(word));
  }
  scanner.next();
  return numbers;
}

/** A string with the escapes of the standard (\" \\ \n \t), if one is at hand. */
export function stringIn(scanner: Scanner): string | undefined {
  if (scanner.kind !== 'string') return undefined;
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t' };
  const text = scanner
    .word()
    .slice(1, -1)
    .replace(/\\(.)/gs, (_, code: string) => escapes[code] ?? code);
  scanner.next();
  return text;
}

export function flatIndex(
  { name, shape }: Variable,
  indices: readonly number[],
  scanner: Scanner,
  place: number,
): number {
  if (indices.length !== shape.length)
    throw scanner.error(
      `${name} has ${shape.length} dimensions, [${shape.join(',')}], but ${indices.length} indices are given`,
      `write ${elementName({ name, shape }, 0)}`,
      place,
    );
  const strides = stridesOf(shape);
  return indices.reduce((sum, index, axis) => {
    if (index >= (shape[axis] as number))
      throw scanner.error(
        `${name}[${indices.join(',')}] lies outside the shape [${shape.join(',')}]`,
        `indices are counted from 0: the last element is ${elementName({ name, shape }, sizeOf(shape) - 1)}`,
        place,
      );
    return sum + index * (strides[axis] as number);
  }, 0);
}

/** X[0,3] from the row-major index 3; X for a scalar. */
export function elementName({ name, shape }: Pick<Variable, 'name' | 'shape'>, index: number): string {
  if (shape.length === 0) return name;
  const strides = stridesOf(shape);
  return `${name}[${shape.map((dim, axis) => Math.floor(index / (strides[axis] as number)) % dim).join(',')}]`;
}

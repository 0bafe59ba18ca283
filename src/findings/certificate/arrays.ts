// Arrays of numbers as base64 of their little-endian bytes.
import { Malformed } from './certificate.js';

type Kind = {
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => number;
  readonly write: (view: DataView, at: number, value: number) => void;
};

export const uint16: Kind = {
  bytes: 2,
  read: (view, at) => view.getUint16(at, true),
  write: (view, at, value) => view.setUint16(at, value, true),
};
export const uint32: Kind = {
  bytes: 4,
  read: (view, at) => view.getUint32(at, true),
  write: (view, at, value) => view.setUint32(at, value, true),
};
export const float32: Kind = {
  bytes: 4,
  read: (view, at) => view.getFloat32(at, true),
  write: (view, at, value) => view.setFloat32(at, value, true),
};
export const float64: Kind = {
  bytes: 8,
  read: (view, at) => view.getFloat64(at, true),
  write: (view, at, value) => view.setFloat64(at, value, true),
};

export function encoded(values: ArrayLike<number>, { bytes, write }: Kind): string {
  const view = new DataView(new ArrayBuffer(values.length * bytes));
  for (let at = 0; at < values.length; at++) write(view, at * bytes, values[at] ?? 0);
  return Buffer.from(view.buffer).toString('base64');
}

/** Finite numbers. @throws Malformed */
export function decoded(text: string, { bytes, read }: Kind, what: string): number[] {
  const data = Buffer.from(text, 'base64');
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length % bytes !== 0) throw new Malformed(`${what}: cut short`);
  const values = Array.from({ length: data.length / bytes }, (_, at) => read(view, at * bytes));
  if (!values.every(Number.isFinite)) throw new Malformed(`${what}: a number that is not finite`);
  return values;
}

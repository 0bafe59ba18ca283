// Reads and writes NumPy's .npz: a ZIP archive of .npy arrays. Equal arrays give equal bytes, everywhere.
import { unzipSync, type Zippable, zipSync } from 'fflate';
import { sizeOf } from '../../src/base/shape.js';
import { type Tensor, tensor } from '../../src/base/tensor.js';

export type Bytes = Tensor<'uint8'>;

/** The least date that ZIP knows: in local time, because the fields of local time are what ZIP stores. */
const fixedTime = () => new Date(1980, 0, 1);
/** Magic, version 1.0, and the two bytes that hold the length of the header. */
const prefix = Uint8Array.of(0x93, ...Buffer.from('NUMPY'), 1, 0);
const preamble = prefix.length + 2;
/** NumPy aligns the data to 64 bytes. */
const alignment = 64;

export function writeNpz(arrays: Readonly<Record<string, Bytes>>): Uint8Array {
  const files: Zippable = {};
  for (const [name, array] of Object.entries(arrays)) files[`${name}.npy`] = npy(array);
  return zipSync(files, { level: 9, mtime: fixedTime() });
}

/** One uint8 array of an archive. */
export function readNpz(archive: Uint8Array, name: string): Bytes {
  const file = unzipSync(archive)[`${name}.npy`];
  if (file === undefined) throw new Error(`the archive holds no array "${name}"`);
  const start = preamble + Buffer.from(file).readUInt16LE(prefix.length);
  const header = Buffer.from(file.subarray(preamble, start)).toString('latin1');
  const dims = /'descr': '\|u1', 'fortran_order': False, 'shape': \(([\d, ]*)\)/.exec(header)?.[1];
  if (dims === undefined) throw new Error(`"${name}" is not a plain array of uint8: ${header.trim()}`);
  const shape = dims.split(',').flatMap((dim) => (dim.trim() === '' ? [] : [Number(dim)]));
  return tensor('uint8', shape, file.slice(start, start + sizeOf(shape)));
}

function npy({ shape, data }: Bytes): Uint8Array {
  const dims = shape.map((dim) => `${dim},`).join(' ');
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${dims}), }`;
  const length = Math.ceil((preamble + header.length + 1) / alignment) * alignment - preamble;
  const size = Buffer.alloc(2);
  size.writeUInt16LE(length);
  return Buffer.concat([prefix, size, Buffer.from(`${header.padEnd(length - 1)}\n`), data]);
}

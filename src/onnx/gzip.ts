// Gzip-compressed models, as the VNN-COMP benchmarks ship them, inflated below a ceiling.
import { Gunzip } from 'fflate';
import { messageOf } from '../base/user-error.js';
import { joined } from './chunks.js';
import { invalid } from './errors.js';

const MIB = 2 ** 20;
/** Deflate reaches 1032:1; weights do not come near 256:1, bombs do. Protobuf ends at 2 GiB anyway. */
const ceilingFor = (compressed: number): number => Math.min(2048 * MIB, Math.max(64 * MIB, 256 * compressed));
/** Pushed piecewise, as fflate inflates whatever it is given before it hands anything back. */
const PIECE = 2 ** 16;

const TRUNCATED = 'the file may be truncated: download it again';

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

export function inflate(bytes: Uint8Array, file: string): Uint8Array {
  const ceiling = ceilingFor(bytes.length);
  const parts: Uint8Array[] = [];
  let size = 0;
  let memberStart = 0;
  const gunzip = new Gunzip((part) => {
    parts.push(part);
    size += part.length;
  });
  gunzip.onmember = () => {
    memberStart = size;
  };
  for (let start = 0; start < bytes.length; start += PIECE) {
    push(gunzip, bytes, start, file);
    if (size > ceiling) throw tooLarge(ceiling, file);
  }
  // fflate passes over an early end; each member ends with its size.
  const isWhole = (size - memberStart) % 2 ** 32 === sizeInTrailer(bytes);
  if (!isWhole) throw invalid(file, 'gzip data is cut short', TRUNCATED);
  return joined(parts);
}

const sizeInTrailer = (bytes: Uint8Array): number =>
  bytes.length < 4 ? -1 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true);

function push(gunzip: Gunzip, bytes: Uint8Array, start: number, file: string): void {
  try {
    gunzip.push(bytes.subarray(start, start + PIECE), start + PIECE >= bytes.length);
  } catch (thrown) {
    throw invalid(file, `cannot decompress gzip data: ${messageOf(thrown)}`, TRUNCATED, thrown);
  }
}

const tooLarge = (ceiling: number, file: string) =>
  invalid(
    file,
    `gzip data inflates beyond ${ceiling / MIB} MiB, more than a model of this file size can hold`,
    'if this is a model after all, decompress it with "gunzip" first',
  );

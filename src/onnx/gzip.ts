// Gzip-compressed models, as the VNN-COMP benchmarks ship them, inflated below a ceiling.
import { Gunzip } from 'fflate';
import { messageOf } from '../base/user-error.js';
import { invalid } from './errors.js';

const MIB = 2 ** 20;
/** Deflate reaches 1032:1; weights do not come near 256:1, bombs do. Protobuf ends at 2 GiB anyway. */
const ceilingFor = (compressed: number): number => Math.min(2048 * MIB, Math.max(64 * MIB, 256 * compressed));
/** Pushed piecewise, as fflate inflates whatever it is given before it hands anything back. */
const PIECE = 2 ** 16;

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

export function inflate(bytes: Uint8Array, file: string): Uint8Array {
  const ceiling = ceilingFor(bytes.length);
  const parts: Uint8Array[] = [];
  let size = 0;
  const gunzip = new Gunzip((part) => {
    parts.push(part);
    size += part.length;
  });
  for (let start = 0; start < bytes.length; start += PIECE) {
    push(gunzip, bytes, start, file);
    if (size > ceiling) throw tooLarge(ceiling, file);
  }
  const inflated = new Uint8Array(size);
  let end = 0;
  for (const part of parts) {
    inflated.set(part, end);
    end += part.length;
  }
  return inflated;
}

function push(gunzip: Gunzip, bytes: Uint8Array, start: number, file: string): void {
  try {
    gunzip.push(bytes.subarray(start, start + PIECE), start + PIECE >= bytes.length);
  } catch (thrown) {
    const hint = 'the file may be truncated: download it again';
    throw invalid(file, `cannot decompress gzip data: ${messageOf(thrown)}`, hint, thrown);
  }
}

const tooLarge = (ceiling: number, file: string) =>
  invalid(
    file,
    `gzip data inflates beyond ${ceiling / MIB} MiB, more than a model of this file size can hold`,
    'if this is a model after all, decompress it with "gunzip" first',
  );

// Gzip-compressed models, as the VNN-COMP benchmarks ship them, inflated below a ceiling.
import { gunzipSync } from 'node:zlib';
import { messageOf, type UserError } from '../base/user-error.js';
import { invalid } from './errors.js';

const MIB = 2 ** 20;
/** Deflate reaches 1032:1; weights do not come near 256:1, bombs do. Protobuf ends at 2 GiB anyway. */
const ceilingFor = (compressed: number): number => Math.min(2048 * MIB, Math.max(64 * MIB, 256 * compressed));

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The content, of which zlib verifies length and checksum. */
export function inflate(bytes: Uint8Array, file: string): Uint8Array {
  const ceiling = ceilingFor(bytes.length);
  try {
    return new Uint8Array(gunzipSync(bytes, { maxOutputLength: ceiling }));
  } catch (thrown) {
    throw isTooLarge(thrown) ? tooLarge(ceiling, file) : damaged(file, thrown);
  }
}

const isTooLarge = (thrown: unknown): boolean =>
  thrown instanceof RangeError && 'code' in thrown && thrown.code === 'ERR_BUFFER_TOO_LARGE';

const tooLarge = (ceiling: number, file: string): UserError =>
  invalid(
    file,
    `gzip data inflates beyond ${ceiling / MIB} MiB, more than a model of this file size can hold`,
    'if this is a model after all, decompress it with "gunzip" first',
  );

const damaged = (file: string, thrown: unknown): UserError =>
  invalid(
    file,
    `cannot decompress gzip data: ${messageOf(thrown)}`,
    'the file may be truncated: download it again',
    thrown,
  );

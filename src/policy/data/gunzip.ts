// Gzip-compressed files, told by their first bytes: browsers and tools add or take off ".gz" as they please.
import { gunzipSync } from 'node:zlib';
import { messageOf } from '../../base/user-error.js';
import { CEILING, invalid } from './raw.js';

/** The content, inflated where it is compressed; zlib verifies its length and checksum. */
export function gunzipped(bytes: Buffer, file: string): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: CEILING });
  } catch (error) {
    if (error instanceof RangeError)
      throw invalid(file, `inflates to more than ${CEILING} bytes`, 'keep only the rows needed', error);
    const hint = 'copy or download the file again';
    throw invalid(file, `not a whole gzip file (${messageOf(error)})`, hint, error);
  }
}

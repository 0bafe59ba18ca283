// The entries of a ZIP archive, inflated one at a time and on request. Our own reader on Node's zlib: fflate's does not
// verify checksums, so it would hand damaged images to a proof, and it allocates the size that an entry claims.
import { crc32, inflateRawSync } from 'node:zlib';
import { messageOf } from '../../base/user-error.js';
import { show } from '../suggest.js';
import { CEILING, DEFLATE_RATIO, invalid } from './raw.js';

/** https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16. */
const END = { signature: 0x06054b50, size: 22 };
const CENTRAL = { signature: 0x02014b50, size: 46 };
const LOCAL = { signature: 0x04034b50, size: 30 };
const LONGEST_COMMENT = 0xffff;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;
/** Stands for "see the 64-bit field", in files over 4 GiB. */
const ZIP64 = 0xffffffff;

export type ZipEntry = {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
  /** Where its local header begins. */
  readonly offset: number;
};

export function listZip(bytes: Buffer, where: string): ZipEntry[] {
  const end = findEnd(bytes, where);
  const count = bytes.readUInt16LE(end + 10);
  let offset = bytes.readUInt32LE(end + 16);
  const entries: ZipEntry[] = [];
  for (let index = 0; index < count; index++) {
    if (!hasHeader(bytes, offset, CENTRAL)) throw broken(where, `the directory breaks off at entry ${index}`);
    const nameLength = bytes.readUInt16LE(offset + 28);
    const nameStart = offset + CENTRAL.size;
    entries.push({
      name: bytes.toString('utf8', nameStart, nameStart + nameLength),
      flags: bytes.readUInt16LE(offset + 8),
      method: bytes.readUInt16LE(offset + 10),
      crc: bytes.readUInt32LE(offset + 16),
      compressed: bytes.readUInt32LE(offset + 20),
      size: bytes.readUInt32LE(offset + 24),
      offset: bytes.readUInt32LE(offset + 42),
    });
    offset = nameStart + nameLength + bytes.readUInt16LE(offset + 30) + bytes.readUInt16LE(offset + 32);
  }
  return entries;
}

export function readEntry(bytes: Buffer, entry: ZipEntry, file: string): Buffer {
  const where = `${file}: entry ${show(entry.name)}`;
  refuseUnreadable(entry, where);
  if (!hasHeader(bytes, entry.offset, LOCAL)) throw broken(where, 'its header is missing');
  const nameAndExtra = bytes.readUInt16LE(entry.offset + 26) + bytes.readUInt16LE(entry.offset + 28);
  const start = entry.offset + LOCAL.size + nameAndExtra;
  const packed = bytes.subarray(start, start + entry.compressed);
  if (packed.length !== entry.compressed) throw broken(where, 'the file ends within it');
  const content = entry.method === STORED ? packed : inflate(packed, entry, where);
  if (content.length !== entry.size) throw broken(where, `${content.length} bytes instead of ${entry.size}`);
  if (crc32(content) !== entry.crc) throw broken(where, 'its checksum is wrong');
  return content;
}

function refuseUnreadable({ flags, method, compressed, size }: ZipEntry, where: string): void {
  if (flags & ENCRYPTED) throw invalid(where, 'encrypted', 'save it without a password');
  if (method !== STORED && method !== DEFLATED) {
    throw invalid(
      where,
      `compression method ${method}`,
      'write it with numpy.savez or numpy.savez_compressed',
    );
  }
  if (size > CEILING || compressed === ZIP64) {
    throw invalid(where, `more than ${CEILING} bytes`, 'keep only the rows that the policy needs');
  }
  if (size > compressed * DEFLATE_RATIO) {
    throw broken(where, `claims ${size} bytes, more than ${compressed} packed bytes can hold`);
  }
}

function inflate(packed: Buffer, { size }: ZipEntry, where: string): Buffer {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    throw broken(where, `cannot be inflated (${messageOf(error)})`, error);
  }
}

/** The end record is followed only by a comment, whose length it tells. */
function findEnd(bytes: Buffer, where: string): number {
  const lowest = Math.max(0, bytes.length - END.size - LONGEST_COMMENT);
  for (let offset = bytes.length - END.size; offset >= lowest; offset--) {
    if (hasHeader(bytes, offset, END)) return offset;
  }
  throw broken(where, 'it has no directory at its end');
}

const hasHeader = (bytes: Buffer, offset: number, header: { signature: number; size: number }): boolean =>
  offset >= 0 && offset + header.size <= bytes.length && bytes.readUInt32LE(offset) === header.signature;

const broken = (where: string, what: string, cause?: unknown) =>
  invalid(where, `not a whole ZIP archive: ${what}`, 'copy or export the file again', cause);

// The journal's bytes: a header, then one record per entry. A record that was not written to its end, or that was changed since,
// is known by its checksum; so the longest whole prefix can be read whatever happened to the file.
//
//   header  8 bytes "MRDJRNL1", u32 elements of one input, u32 CRC-32 of these 12 bytes
//   record  u32 length of the payload, u32 CRC-32 of length and payload, payload
//   payload u32 position in the corpus, i32 seed, i32 row, i32 parent, f64 executions, u32 bytes of `by`, u32 parameters,
//           `by` in UTF-8, parameters as f64, input as f32, and where there is a partner its position as i32
//
// All little-endian. Positions let records be passed over that a crash left in the journal after they joined the archive.
import { crc32 } from 'node:zlib';
import type { CorpusEntry } from './entry.js';

const magic = 'MRDJRNL1';
export const headerBytes = 16;
const recordHead = 8;
const payloadHead = 32;
const partnerBytes = 4;

export function journalHeader(width: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.write(magic, 'latin1');
  header.writeUInt32LE(width, 8);
  header.writeUInt32LE(crc32(header.subarray(0, 12)), 12);
  return header;
}

/** Elements of one input; undefined where the header is not whole. */
export function journalWidth(bytes: Buffer): number | undefined {
  if (bytes.length < headerBytes || bytes.toString('latin1', 0, 8) !== magic) return undefined;
  return crc32(bytes.subarray(0, 12)) === bytes.readUInt32LE(12) ? bytes.readUInt32LE(8) : undefined;
}

/** @param first position of the first entry in the corpus */
export function encodeRecords(entries: readonly CorpusEntry[], first: number): Buffer {
  const names = entries.map(({ lineage }) => Buffer.from(lineage.by, 'utf8'));
  const sizes = entries.map(
    ({ input, lineage }, at) =>
      payloadHead +
      (names[at]?.length ?? 0) +
      8 * lineage.parameters.length +
      input.byteLength +
      (lineage.partner === undefined ? 0 : partnerBytes),
  );
  const bytes = Buffer.alloc(sizes.reduce((sum, size) => sum + recordHead + size, 0));
  let offset = 0;
  for (const [at, entry] of entries.entries()) {
    const size = sizes[at] ?? 0;
    const record = bytes.subarray(offset, offset + recordHead + size);
    record.writeUInt32LE(size, 0);
    writePayload(record.subarray(recordHead), entry, first + at, names[at] ?? Buffer.alloc(0));
    record.writeUInt32LE(checksum(record), 4);
    offset += recordHead + size;
  }
  return bytes;
}

function writePayload(
  payload: Buffer,
  { input, seed, row, lineage }: CorpusEntry,
  position: number,
  name: Buffer,
): void {
  payload.writeUInt32LE(position, 0);
  payload.writeInt32LE(seed, 4);
  payload.writeInt32LE(row, 8);
  payload.writeInt32LE(lineage.parent, 12);
  payload.writeDoubleLE(lineage.executions, 16);
  payload.writeUInt32LE(name.length, 24);
  payload.writeUInt32LE(lineage.parameters.length, 28);
  name.copy(payload, payloadHead);
  let at = payloadHead + name.length;
  for (const parameter of lineage.parameters) at = payload.writeDoubleLE(parameter, at);
  payload.set(new Uint8Array(input.buffer, input.byteOffset, input.byteLength), at);
  if (lineage.partner !== undefined) payload.writeInt32LE(lineage.partner, at + input.byteLength);
}

/** Of a whole record, without the four bytes that hold it. */
const checksum = (record: Buffer): number => crc32(record.subarray(recordHead), crc32(record.subarray(0, 4)));

export type Positioned = { readonly position: number; readonly entry: CorpusEntry };

export type ReadRecords = {
  readonly records: readonly Positioned[];
  /** Bytes of the header and the records before the first damage; all where there is none. */
  readonly wholeBytes: number;
};

/** @param bytes of the journal, with its header */
export function decodeRecords(bytes: Buffer, width: number): ReadRecords {
  const records: Positioned[] = [];
  let offset = headerBytes;
  for (;;) {
    const record = recordAt(bytes, offset);
    const positioned = record && readPayload(record.subarray(recordHead), width);
    if (record === undefined || positioned === undefined) return { records, wholeBytes: offset };
    records.push(positioned);
    offset += record.length;
  }
}

/** Undefined where no whole, unchanged record begins. */
function recordAt(bytes: Buffer, offset: number): Buffer | undefined {
  if (offset + recordHead > bytes.length) return undefined;
  const end = offset + recordHead + bytes.readUInt32LE(offset);
  if (end > bytes.length) return undefined;
  const record = bytes.subarray(offset, end);
  return checksum(record) === record.readUInt32LE(4) ? record : undefined;
}

function readPayload(payload: Buffer, width: number): Positioned | undefined {
  if (payload.length < payloadHead) return undefined;
  const [nameLength, parameterCount] = [payload.readUInt32LE(24), payload.readUInt32LE(28)];
  const inputAt = payloadHead + nameLength + 8 * parameterCount;
  const inputEnd = inputAt + 4 * width;
  if (payload.length !== inputEnd && payload.length !== inputEnd + partnerBytes) return undefined;
  const parametersAt = payloadHead + nameLength;
  const lineage = {
    parent: payload.readInt32LE(12),
    ...(payload.length > inputEnd && { partner: payload.readInt32LE(inputEnd) }),
    by: payload.toString('utf8', payloadHead, parametersAt),
    parameters: Array.from({ length: parameterCount }, (_, at) =>
      payload.readDoubleLE(parametersAt + 8 * at),
    ),
    executions: payload.readDoubleLE(16),
  };
  // A copy: the payload may lie at any byte, a Float32Array at multiples of four.
  const input = new Float32Array(new Uint8Array(payload.subarray(inputAt, inputEnd)).buffer);
  return {
    position: payload.readUInt32LE(0),
    entry: { input, seed: payload.readInt32LE(4), row: payload.readInt32LE(8), lineage },
  };
}

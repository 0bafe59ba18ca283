// What a PNG's header claims, and whether its packed pixels keep the promise: pngjs believes both, allocating what is
// claimed and filling up what is missing.
import { inflateSync } from 'node:zlib';
import { messageOf } from '../../base/user-error.js';
import { CEILING, DEFLATE_RATIO, invalid } from './raw.js';

export type PngHeader = {
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
  /** Bytes of one row, with the one that names its filter. */
  readonly stride: number;
};

/** PNG specification, section 11.2.2: colour type -> samples per pixel in the file, channels of the result. */
const colours: Record<number, { samples: number; channels: 1 | 3 }> = {
  0: { samples: 1, channels: 1 },
  2: { samples: 3, channels: 3 },
  3: { samples: 1, channels: 3 },
};
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
/** A chunk is its length, its type, its data and a checksum, which pngjs verifies. */
const CHUNK = { type: 4, data: 8, extra: 12 };
/** Offsets from the beginning of the file, whose first chunk is the header. */
const HEADER = { type: 12, width: 16, height: 20, depth: 24, colour: 25, interlace: 28, end: 33 };

export function readPngHeader(bytes: Buffer, where: string): PngHeader {
  const isPng =
    bytes.subarray(0, 8).equals(SIGNATURE) && bytes.toString('latin1', HEADER.type, 16) === 'IHDR';
  if (!isPng || bytes.length < HEADER.end) throw invalid(where, 'not a PNG image');
  const [width, height] = [bytes.readUInt32BE(HEADER.width), bytes.readUInt32BE(HEADER.height)];
  const depth = bytes.readUInt8(HEADER.depth);
  const colour = colours[bytes.readUInt8(HEADER.colour)];
  if (colour === undefined) throw transparent(where);
  if (depth > 8) throw invalid(where, `${depth} bits a sample`, 'save with 8: more would be rounded away');
  if (bytes.readUInt8(HEADER.interlace) !== 0) throw invalid(where, 'interlaced', 'save without interlacing');
  const stride = 1 + Math.ceil((width * depth * colour.samples) / 8);
  if (stride * height > bytes.length * DEFLATE_RATIO || 4 * width * height > CEILING) {
    throw invalid(where, `claims ${width} x ${height} pixels, more than the file can hold`);
  }
  return { channels: colour.channels, height, width, stride };
}

/** Inflates the pixels once more than pngjs does, which costs little and tells whether they are all there. */
export function checkPixelBytes(bytes: Buffer, { stride, height }: PngHeader, where: string): void {
  const expected = stride * height;
  let found: number;
  try {
    const packed = Buffer.concat(chunksOf(bytes, 'IDAT'));
    found = inflateSync(packed, { maxOutputLength: Math.max(1, expected) }).length;
  } catch (error) {
    throw notWhole(where, messageOf(error), error);
  }
  if (found !== expected) throw notWhole(where, `${found} bytes of pixels instead of ${expected}`);
}

function chunksOf(bytes: Buffer, type: string): Buffer[] {
  const found: Buffer[] = [];
  for (
    let at = SIGNATURE.length;
    at + CHUNK.extra <= bytes.length;
    at += CHUNK.extra + bytes.readUInt32BE(at)
  ) {
    const end = at + CHUNK.data + bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + CHUNK.type, at + CHUNK.data) === type) {
      found.push(bytes.subarray(at + CHUNK.data, end));
    }
  }
  return found;
}

export const transparent = (where: string) =>
  invalid(
    where,
    'the image has an alpha channel',
    'save it as gray or RGB: transparency has no meaning here',
  );

export const notWhole = (where: string, what: string, cause?: unknown) =>
  invalid(where, `not a whole PNG image (${what})`, 'copy or export the file again', cause);

// What a JPEG's frame header claims, read before anything is allocated. ITU-T T.81, annex B.
import type { ImageShape } from './image.js';
import { CEILING, invalid } from './raw.js';

const SOI = 0xffd8;
/** Start of scan: pixels begin, and a frame must have come before. */
const SOS = 0xda;
/** Markers in the range of the frames that are none: Huffman tables, an extension, arithmetic coding conditions. */
const otherThanFrames = [0xc4, 0xc8, 0xcc];
/** Marker, length, precision, height, width, components. */
const FRAME = { precision: 4, height: 5, width: 7, components: 9, size: 10 };
/** Each block of 8 x 8 takes a bit at least, of which there are 8 in a byte. */
const PIXELS_PER_BYTE = 8 * 64;

export function readJpegShape(bytes: Buffer, where: string): ImageShape {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== SOI) throw invalid(where, 'not a JPEG image');
  const frame = frameOf(bytes, where);
  const precision = bytes.readUInt8(frame + FRAME.precision);
  if (precision !== 8) throw invalid(where, `${precision} bits a sample`, 'save with 8');
  const [height, width] = [bytes.readUInt16BE(frame + FRAME.height), bytes.readUInt16BE(frame + FRAME.width)];
  const components = bytes.readUInt8(frame + FRAME.components);
  if (components !== 1 && components !== 3) {
    const problem = `${components} colour components${components === 4 ? ', such as CMYK' : ''}`;
    throw invalid(where, problem, 'save it as gray or RGB');
  }
  const pixels = width * height;
  if (pixels === 0) throw invalid(where, `claims ${width} x ${height} pixels`, 'export the image again');
  if (pixels > bytes.length * PIXELS_PER_BYTE || 4 * pixels > CEILING)
    throw invalid(where, `claims ${width} x ${height} pixels, more than the file can hold`);
  return [components, height, width];
}

/** Offset of the frame's marker. */
function frameOf(bytes: Buffer, where: string): number {
  let at = 2;
  while (at + FRAME.size <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes.readUInt8(at + 1);
    if (marker === SOS) break;
    if (marker >= 0xc0 && marker <= 0xcf && !otherThanFrames.includes(marker)) return at;
    // Markers may be preceded by any number of fill bytes.
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2);
  }
  throw notWhole(where, 'no frame before its pixels');
}

export const notWhole = (where: string, what: string, cause?: unknown) =>
  invalid(
    where,
    `not a whole JPEG image (${what})`,
    'copy the file again, or open and export it anew',
    cause,
  );

// PNG bytes -> channels x height x width.
import { PNG } from 'pngjs';
import { messageOf } from '../../base/user-error.js';
import { type Image, planesOf } from './image.js';
import { checkPixelBytes, notWhole, readPngHeader, transparent } from './png-header.js';

export function decodePng(bytes: Buffer, where: string): Image {
  const header = readPngHeader(bytes, where);
  checkPixelBytes(bytes, header, where);
  const { channels, height, width } = header;
  const data = decodeRgba(bytes, where);
  for (let pixel = 0; pixel < width * height; pixel++) {
    if (data[4 * pixel + 3] !== 255) throw transparent(where);
  }
  return planesOf(data, [channels, height, width]);
}

function decodeRgba(bytes: Buffer, where: string): Uint8Array {
  try {
    return PNG.sync.read(bytes).data;
  } catch (error) {
    throw notWhole(where, messageOf(error), error);
  }
}

// PNG bytes -> channels x height x width.
import { PNG } from 'pngjs';
import { messageOf } from '../../base/user-error.js';
import { checkPixelBytes, notWhole, readPngHeader, transparent } from './png-header.js';

export type Image = {
  /** [channels, height, width] */
  readonly shape: readonly [channels: 1 | 3, height: number, width: number];
  /** 0 to 255 */
  readonly pixels: Uint8Array;
};

export function decodePng(bytes: Buffer, where: string): Image {
  const header = readPngHeader(bytes, where);
  checkPixelBytes(bytes, header, where);
  const { channels, height, width } = header;
  const data = decodeRgba(bytes, where);
  const size = width * height;
  const pixels = new Uint8Array(channels * size);
  for (let pixel = 0; pixel < size; pixel++) {
    if (data[4 * pixel + 3] !== 255) throw transparent(where);
    for (let channel = 0; channel < channels; channel++) {
      pixels[channel * size + pixel] = data[4 * pixel + channel] ?? 0;
    }
  }
  return { shape: [channels, height, width], pixels };
}

function decodeRgba(bytes: Buffer, where: string): Uint8Array {
  try {
    return PNG.sync.read(bytes).data;
  } catch (error) {
    throw notWhole(where, messageOf(error), error);
  }
}

// Writes PNG images, right and wrong: for tests only.
import { crc32 } from 'node:zlib';
import { PNG } from 'pngjs';

/** @param pixels row-major, `channels` values each */
export function png(width: number, height: number, channels: 1 | 3, pixels: readonly number[]): Buffer {
  const image = new PNG({ width, height });
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (const channel of [0, 1, 2]) {
      image.data[4 * pixel + channel] = pixels[channels * pixel + (channels === 1 ? 0 : channel)] ?? 0;
    }
    image.data[4 * pixel + 3] = 255;
  }
  return PNG.sync.write(image, { colorType: channels === 1 ? 0 : 2, inputHasAlpha: true });
}

/** The image with other bytes in its header, whose checksum is made to fit. */
export function withHeaderBytes(image: Buffer, offset: number, bytes: readonly number[]): Buffer {
  const copy = Buffer.from(image);
  Buffer.from(bytes).copy(copy, 16 + offset);
  copy.writeUInt32BE(crc32(copy.subarray(12, 29)), 29);
  return copy;
}

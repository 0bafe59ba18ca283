// PNG files of a few pixels. A library would be loaded with every command, since the table of reporters is part of `--help`.
import { crc32, deflateSync } from 'node:zlib';

/** Bytes per pixel, and PNG's number for it. */
const colorTypes = { grey: [1, 0], rgb: [3, 2], rgba: [4, 6] } as const;
export type Colors = keyof typeof colorTypes;
export const bytesPerPixel = (colors: Colors): number => colorTypes[colors][0];

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** @param pixels row after row, 8 bits per channel */
export function encodePng(pixels: Uint8ClampedArray, width: number, height: number, colors: Colors): Buffer {
  const [channels, colorType] = colorTypes[colors];
  const stride = width * channels;
  // Each row starts with its filter: none.
  const rows = Buffer.alloc(height * (stride + 1));
  for (let y = 0; y < height; y++)
    rows.set(pixels.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colorType, 0, 0, 0], 8);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Length, type and data, checksum of the latter two. */
function chunk(type: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(named, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}

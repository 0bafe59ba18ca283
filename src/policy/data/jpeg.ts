// JPEG bytes -> channels x height x width, by libjpeg-turbo compiled to WebAssembly: the decoder behind Pillow, OpenCV and
// torchvision, so the pixels are those that networks were trained on. The standard leaves decoders some freedom: on a 4:2:0
// image of ours, jpeg-js 0.4.4 differed from Pillow by up to 27 of 255 and by 4.4 on average, this one not at all.
import { createRequire } from 'node:module';
import { messageOf } from '../../base/user-error.js';
import { type Image, planesOf } from './image.js';
import { notWhole, readJpegShape } from './jpeg-header.js';

/** As with Pillow and torchvision, neither the orientation in EXIF data nor a colour profile is applied. */
export function decodeJpeg(bytes: Buffer, where: string): Image {
  const shape = readJpegShape(bytes, where);
  const { width, height, data } = decodeRgba(bytes, where);
  if (width !== shape[2] || height !== shape[1])
    throw notWhole(where, `${width} x ${height} pixels in a frame of ${shape[2]} x ${shape[1]}`);
  return planesOf(data, shape);
}

const NAME = '@cwasm/jpeg-turbo';
const require = createRequire(import.meta.url);

/** The decoder is loaded where a JPEG is read: to compile it takes 30 ms. Also fails where libjpeg-turbo would only warn, such as of an early end, whose pixels would be gray. */
function decodeRgba(bytes: Buffer, where: string) {
  const { decode } = require(NAME) as typeof import('@cwasm/jpeg-turbo');
  try {
    return decode(bytes);
  } catch (error) {
    forget();
    throw notWhole(where, messageOf(error), error);
  }
}

/**
 * libjpeg-turbo leaves a damaged image by way of an exception through its WebAssembly code, whose stack and memory then stay as they
 * were: a few hundred such images later it fails on whole ones. Another instance takes a millisecond.
 */
function forget(): void {
  delete require.cache[require.resolve(NAME)];
}

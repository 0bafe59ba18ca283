// JPEG bytes -> channels x height x width, by libjpeg-turbo compiled to WebAssembly: the decoder behind Pillow, OpenCV and
// torchvision, so the pixels are those that networks were trained on. The standard leaves decoders some freedom: on a 4:2:0
// image of ours, jpeg-js 0.4.4 differed from Pillow by up to 27 of 255 and by 4.4 on average, this one not at all.
// Import this file only where a JPEG is read: to compile the decoder takes 30 ms.
import { decode } from '@cwasm/jpeg-turbo';
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

/** Also fails where libjpeg-turbo would only warn, such as of an early end, whose pixels would be gray. */
function decodeRgba(bytes: Buffer, where: string) {
  try {
    return decode(bytes);
  } catch (error) {
    throw notWhole(where, messageOf(error), error);
  }
}

// Decoded images, whatever their format.

/** [channels, height, width]; gray or RGB. */
export type ImageShape = readonly [channels: 1 | 3, height: number, width: number];

export type Image = {
  readonly shape: ImageShape;
  /** 0 to 255 */
  readonly pixels: Uint8Array;
};

/** From RGBA pixels to one plane for each channel; transparency is dropped. */
export function planesOf(rgba: ArrayLike<number>, shape: ImageShape): Image {
  const [channels, height, width] = shape;
  const size = width * height;
  const pixels = new Uint8Array(channels * size);
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < size; pixel++)
      pixels[channel * size + pixel] = rgba[4 * pixel + channel] ?? 0;
  }
  return { shape, pixels };
}

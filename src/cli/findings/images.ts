// Inputs that are images, as PNG files that a person can look at: enlarged without smoothing, in the range of their values.
import { PNG } from 'pngjs';
import type { ImageLayout } from '../../fuzz/domain.js';

/** The longer side has at least as many pixels. */
const leastSide = 128;
/** Of a difference that is zero. */
const middle = 128;

/** Whole factor by which an image is enlarged. */
export const scaleOf = ({ height, width }: ImageLayout): number =>
  Math.max(1, Math.ceil(leastSide / Math.max(height, width)));

/** Grey and RGB only: PNG has no other number of channels without transparency. */
export const isDrawable = ({ channels }: ImageLayout): boolean => channels === 1 || channels === 3;

/** @param range values that are black and white; others beyond them, and NaN, are black or white too */
export const imagePng = (
  input: Float32Array,
  layout: ImageLayout,
  [least, most]: readonly [number, number],
): Uint8Array => encode(layout, (at) => (255 * ((input[at] ?? 0) - least)) / Math.max(most - least, 1e-30));

/** Whole factor by which changes are enlarged, so that the greatest reaches the end of the scale: black or white. */
export function amplificationOf(
  input: Float32Array,
  seed: Float32Array,
  [least, most]: readonly [number, number],
): number {
  const greatest = input.reduce((sum, value, at) => Math.max(sum, Math.abs(value - (seed[at] ?? 0))), 0);
  const factor = Math.floor((most - least) / greatest);
  return Number.isFinite(factor) ? Math.min(Math.max(1, factor), 2 ** 31) : 1;
}

/** Grey where nothing has changed, lighter where the input has more than the seed, darker where it has less. */
export const differencePng = (
  input: Float32Array,
  seed: Float32Array,
  layout: ImageLayout,
  [least, most]: readonly [number, number],
  amplification: number,
): Uint8Array =>
  encode(layout, (at) => {
    const share = ((input[at] ?? 0) - (seed[at] ?? 0)) / Math.max(most - least, 1e-30);
    return middle + 127 * amplification * share;
  });

/** @param level grey level of an element, by its position in the input */
function encode(layout: ImageLayout, level: (at: number) => number): Uint8Array {
  const { height, width, channels } = layout;
  const scale = scaleOf(layout);
  const png = new PNG({ width: width * scale, height: height * scale, colorType: 2 });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const color = [0, 1, 2].map((channel) =>
        Math.round(
          Math.min(255, Math.max(0, level(positionOf(layout, Math.min(channel, channels - 1), y, x)))),
        ),
      );
      fill(png, x * scale, y * scale, scale, [...color, 255]);
    }
  }
  return PNG.sync.write(png, { colorType: channels === 1 ? 0 : 2, inputHasAlpha: true });
}

function fill({ data, width }: PNG, left: number, top: number, side: number, color: readonly number[]): void {
  for (let y = top; y < top + side; y++) {
    for (let x = left; x < left + side; x++) data.set(color, 4 * (y * width + x));
  }
}

function positionOf(
  { order, channels, height, width }: ImageLayout,
  channel: number,
  y: number,
  x: number,
): number {
  return order === 'HWC' ? (y * width + x) * channels + channel : (channel * height + y) * width + x;
}

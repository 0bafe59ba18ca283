// Inputs as PNG images, one pixel of the file per pixel of the input: the page enlarges them without smoothing.
import type { FindingImages } from '../../findings/finding.js';
import { bytesPerPixel, type Colors, encodePng } from './png.js';

type Layout = FindingImages['layout'];
type Range = readonly [least: number, most: number];
type Color = readonly [red: number, green: number, blue: number, alpha: number];

/** Not a number: seen, and no shade of grey. */
const notANumber: Color = [255, 0, 255, 255];
const more = [214, 40, 57] as const;
const less = [33, 102, 214] as const;

export const isDrawable = ({ channels }: Layout): boolean => channels === 1 || channels === 3;

/** Values beyond the range are black or white too. */
export function picture(values: Float32Array, layout: Layout, [least, most]: Range): string {
  const isGrey = layout.channels === 1 && !values.some(Number.isNaN);
  const level = (at: number) => (255 * ((values[at] ?? 0) - least)) / (most - least);
  return encoded(layout, isGrey ? 'grey' : 'rgb', level, opaque);
}

/** Whole factor that makes the greatest change reach the end of the scale. */
export function amplificationOf(input: Float32Array, seed: Float32Array, [least, most]: Range): number {
  let greatest = 0;
  for (let at = 0; at < input.length; at++)
    greatest = Math.max(greatest, Math.abs((input[at] ?? 0) - (seed[at] ?? 0)));
  // Half a float32's precision more, so that a change of 0.02 in [0, 1] gives 50 whichever way it is rounded.
  const factor = Math.floor((most - least) / greatest + 1e-4);
  return Number.isFinite(factor) ? Math.min(Math.max(1, factor), 2 ** 31) : 1;
}

/**
 * One channel: red where the input has more than the seed, blue where it has less, nothing where it has the same.
 * Three: grey where nothing has changed, each channel lighter for more and darker for less.
 */
export function differencePicture(
  input: Float32Array,
  seed: Float32Array,
  layout: Layout,
  [least, most]: Range,
  amplification: number,
): string {
  const change = (at: number) => (((input[at] ?? 0) - (seed[at] ?? 0)) / (most - least)) * amplification;
  if (layout.channels === 1) return encoded(layout, 'rgba', change, signed);
  return encoded(layout, 'rgb', (at) => 128 + 127 * change(at), opaque);
}

const opaque = (red: number, green: number, blue: number): Color => [red, green, blue, 255];

const signed = (share: number): Color => [...(share > 0 ? more : less), 255 * Math.abs(share)];

/**
 * A data URI.
 * @param value of an element, by its place in the flat input
 * @param color of a pixel, of the values of its channels: three equal ones where it has only one
 */
function encoded(
  { height, width, channels, order }: Layout,
  colors: Colors,
  value: (at: number) => number,
  color: (red: number, green: number, blue: number) => Color,
): string {
  const area = height * width;
  const [pixelStep, channelStep] = order === 'HWC' ? [channels, 1] : [1, area];
  const kept = bytesPerPixel(colors);
  // Rounds to the nearest and stays within 0 to 255.
  const pixels = new Uint8ClampedArray(area * kept);
  for (let pixel = 0; pixel < area; pixel++) {
    const first = value(pixel * pixelStep);
    const second = channels === 1 ? first : value(pixel * pixelStep + channelStep);
    const third = channels === 1 ? first : value(pixel * pixelStep + 2 * channelStep);
    const painted = Number.isNaN(first + second + third) ? notANumber : color(first, second, third);
    for (let byte = 0; byte < kept; byte++) pixels[pixel * kept + byte] = painted[byte] ?? 0;
  }
  return `data:image/png;base64,${encodePng(pixels, width, height, colors).toString('base64')}`;
}

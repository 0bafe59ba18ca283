// Augmentation: an image moved by a fraction of a pixel, so that 1,257 digits train like more.
import type { Rng } from '../../src/base/rng.js';

/** A square image. Bilinear, zero outside. Uniform in [-limit, limit] on both axes. */
export function shifted(image: Float32Array, limit: number, rng: Rng): Float32Array {
  const side = Math.sqrt(image.length);
  const [down, right] = [limit * (2 * rng.uniform() - 1), limit * (2 * rng.uniform() - 1)];
  const pixel = (row: number, column: number) =>
    row >= 0 && row < side && column >= 0 && column < side ? (image[row * side + column] ?? 0) : 0;
  const along = (row: number, column: number) => {
    const left = Math.floor(column);
    return mix(pixel(row, left), pixel(row, left + 1), column - left);
  };
  return image.map((_, at) => {
    const [row, column] = [Math.floor(at / side) - down, (at % side) - right];
    const above = Math.floor(row);
    return mix(along(above, column), along(above + 1, column), row - above);
  });
}

const mix = (a: number, b: number, share: number): number => a + (b - a) * share;

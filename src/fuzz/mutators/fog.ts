// Fog: an image mixed with white, thicker in some places than in others.
import { createRng, type Rng } from '../../base/rng.js';
import { float32 } from '../../base/tensor.js';
import type { Domain, ImageLayout } from '../domain.js';
import { hull } from './hull.js';
import { rowOf } from './noise-table.js';
import { amplitude, number } from './numbers.js';
import { type BoundedMutator, mutatorOf } from './parts.js';
import { towards } from './towards.js';

/** Share of white that ImageNet-C's thickest fog has at most: 3 / (1 + 3) (Hendrycks and Dietterich, arXiv 1903.12261). */
const greatestDensity = 0.75;
const clouds = 32;

/** White is the greatest value of each element. */
export function createFog(domain: Domain, seed: number): BoundedMutator | undefined {
  const { image, shape } = domain;
  if (image === undefined) return undefined;
  const rng = createRng(seed, 'fog');
  const table = new Float32Array(clouds * domain.size);
  for (let row = 0; row < clouds; row++) table.set(cloud(image, rng), row * domain.size);
  const density = number([2 ** -6 * greatestDensity, greatestDensity], (draws) =>
    amplitude(draws, greatestDensity),
  );
  return mutatorOf(
    'fog',
    domain,
    [rowOf(float32(table, [clouds, ...shape])), density],
    (p, { inputs }, [thickness, greatest]) =>
      towards(p, inputs, p.constant(hull(domain).upper), p.mul(thickness, greatest)),
  );
}

/** Smooth numbers from 0 to 1, alike in all channels: octaves of bilinear noise, each finer and half as strong. */
function cloud(image: ImageLayout, rng: Rng): Float32Array {
  const { height, width } = image;
  const octaves = [2, 4, 8].map((cells, octave) => field(cells, 2 ** -octave, rng));
  const thickness = Float64Array.from({ length: height * width }, (_, pixel) => {
    const [row, column] = [Math.floor(pixel / width) / height, (pixel % width) / width];
    return octaves.reduce((sum, octave) => sum + octave(row, column), 0);
  });
  const [least, most] = [Math.min(...thickness), Math.max(...thickness)];
  const pixelOf = pixelAt(image);
  return Float32Array.from(
    { length: height * width * image.channels },
    (_, at) => ((thickness[pixelOf(at)] as number) - least) / (most - least),
  );
}

/** Noise on a grid of cells, interpolated; row and column in [0, 1). */
function field(cells: number, strength: number, rng: Rng): (row: number, column: number) => number {
  const knots = Array.from({ length: (cells + 1) ** 2 }, () => strength * rng.uniform());
  return (row, column) => {
    const [top, left] = [Math.floor(row * cells), Math.floor(column * cells)];
    const [down, across] = [row * cells - top, column * cells - left];
    const knot = (below: number, right: number) => knots[(top + below) * (cells + 1) + left + right] ?? 0;
    const along = (below: number) => knot(below, 0) * (1 - across) + knot(below, 1) * across;
    return along(0) * (1 - down) + along(1) * down;
  };
}

/** Position of an element's pixel. */
function pixelAt(image: ImageLayout): (at: number) => number {
  const pixels = image.height * image.width;
  return image.order === 'HWC' ? (at) => Math.floor(at / image.channels) : (at) => at % pixels;
}

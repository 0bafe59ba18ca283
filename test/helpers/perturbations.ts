// Random transforms of small images, and what they mean, written down a second time: plain and slow.
import type { Values } from '../../src/graph/perturbation/reference.js';
import {
  type ImageShape,
  type Perturbation,
  parametersOf,
  type Range,
} from '../../src/graph/perturbation/transform.js';
import type { Draw } from './draw.js';

const around = (draw: Draw, middle: number, reach: number): Range => {
  const ends = [middle - reach * draw.uniform(), middle + reach * draw.uniform()].map(Math.fround);
  return [ends[0] ?? 0, ends[1] ?? 0];
};

/** @param side of the image, at most */
export function perturbationFrom(draw: Draw, side = 6): Perturbation {
  const order = draw.pick(['CHW', 'HWC', 'HW'] as const);
  const channels = order === 'HW' ? 1 : draw.int(1, 2);
  const image: ImageShape = {
    channels,
    height: draw.int(2, Math.max(2, side - 1)),
    width: draw.int(2, side),
    order,
  };
  const has = () => draw.int(0, 2) === 0;
  const transform = {
    border: draw.pick([0, 0.25]),
    rotation: has() ? around(draw, draw.pick([0, 90, -170]), draw.pick([5, 40])) : undefined,
    scaling: has() ? around(draw, 1, 0.4) : undefined,
    translation: has() ? ([around(draw, 0, 2), around(draw, 0, 2)] as const) : undefined,
    blur: has() ? ([0, Math.fround(0.2 + draw.uniform())] as const) : undefined,
    contrast: has() ? around(draw, 1, 0.5) : undefined,
    brightness: has() ? around(draw, 0, 0.3) : undefined,
    occlusion: has()
      ? { size: [draw.int(1, 2), draw.int(1, Math.min(3, image.width))] as const, value: draw.pick([0, 0.5]) }
      : undefined,
  };
  const size = channels * image.height * image.width;
  const end = (value: number) => new Float32Array(size).fill(value);
  // Now and then each element has a range of its own.
  const lower = draw.flag() ? end(0) : end(0).map((_, at) => (at % 2 === 0 ? 0 : -0.5));
  const named = Object.values(transform).some((value) => value !== undefined && typeof value !== 'number');
  return {
    transform: named ? transform : { ...transform, brightness: [-0.125, 0.125] },
    image,
    lower,
    upper: end(1),
  };
}

export const sourceFrom = (draw: Draw, { lower, upper }: Perturbation): Float32Array =>
  lower.map((least, at) =>
    draw.pick([least, upper[at] ?? 0, least + draw.uniform() * ((upper[at] ?? 0) - least)]),
  );

/** Parameters inside of their ranges, often at an end, as float32 numbers. */
export const parametersFrom = (draw: Draw, perturbation: Perturbation): Float32Array =>
  Float32Array.from(parametersOf(perturbation), ({ range: [least, greatest], whole }) => {
    const value = draw.pick([least, greatest, least + draw.uniform() * (greatest - least)]);
    const rounded = whole ? Math.round(value) : Math.fround(value);
    return Math.min(Math.max(rounded, least), greatest);
  });

/** docs/policy.md, word by word, in float64. */
export function slowly(
  { transform, image, lower, upper }: Perturbation,
  values: Values,
  source: Float32Array,
): number[] {
  const { channels, height: h, width: w, order } = image;
  const index = (c: number, i: number, j: number) =>
    order === 'HWC' ? (i * w + j) * channels + c : (c * h + i) * w + j;
  const each = (of: (c: number, i: number, j: number) => number): number[] => {
    const result = new Array<number>(channels * h * w).fill(0);
    for (let c = 0; c < channels; c++)
      for (let i = 0; i < h; i++) for (let j = 0; j < w; j++) result[index(c, i, j)] = of(c, i, j);
    return result;
  };
  let now = Array.from(source);
  const { rotation = 0, scaling = 1, right = 0, down = 0, blur, contrast, brightness, row, column } = values;
  if (transform.rotation ?? transform.scaling ?? transform.translation) {
    const a = rotation * Math.fround(Math.PI / 180);
    const before = now;
    now = each((c, i, j) => {
      const [x, y] = [j - (w - 1) / 2 - right, i - (h - 1) / 2 - down];
      const u = (x * Math.cos(a) + y * Math.sin(a)) / scaling + (w - 1) / 2;
      const v = (y * Math.cos(a) - x * Math.sin(a)) / scaling + (h - 1) / 2;
      let sum = transform.border;
      for (let p = 0; p < h; p++)
        for (let q = 0; q < w; q++)
          sum +=
            Math.max(0, 1 - Math.abs(v - p)) *
            Math.max(0, 1 - Math.abs(u - q)) *
            ((before[index(c, p, q)] ?? 0) - transform.border);
      return sum;
    });
  }
  if (transform.blur && blur !== undefined) {
    const reach = Math.ceil(3 * Math.max(transform.blur[1], Math.fround(0.1)));
    const s = Math.max(blur, Math.fround(0.1));
    const before = now;
    now = each((c, i, j) => {
      let [sum, total] = [0, 0];
      for (let r = -reach; r <= reach; r++)
        for (let q = -reach; q <= reach; q++) {
          const weight = Math.exp(-(r * r + q * q) / (2 * s * s));
          const near = index(c, Math.min(Math.max(i + r, 0), h - 1), Math.min(Math.max(j + q, 0), w - 1));
          sum += weight * (before[near] ?? 0);
          total += weight;
        }
      return sum / total;
    });
  }
  const middle = (at: number) => Math.fround(((lower[at] ?? 0) + (upper[at] ?? 0)) / 2);
  now = now.map((value, at) =>
    contrast === undefined ? value : (value - middle(at)) * contrast + middle(at),
  );
  now = now.map((value) => value + (brightness ?? 0));
  const hidden = transform.occlusion;
  if (hidden && row !== undefined && column !== undefined) {
    const before = now;
    now = each((c, i, j) =>
      i >= row && i < row + hidden.size[0] && j >= column && j < column + hidden.size[1]
        ? hidden.value
        : (before[index(c, i, j)] ?? 0),
    );
  }
  return now.map((value, at) => Math.min(Math.max(value, lower[at] ?? 0), upper[at] ?? 0));
}

// A rectangle of an image, or a run of a table's columns.
import type { Rng } from '../../base/rng.js';
import { float32, type Tensor } from '../../base/tensor.js';
import { type Domain, imageShape } from '../domain.js';
import { numberAt, type Part } from './parts.js';

/**
 * What lies inside, bool [parents or 1, children, ...input]. The numbers are the first row, the row after the last, and the same of
 * columns. Small sides are as likely as large ones.
 * @param share of a side that the region may take; one element it always may
 */
export function region(domain: Domain, share: number): Part {
  const { height, width } = domain.image ?? { height: 1, width: domain.size };
  const [rows, columns] = coordinates(domain);
  return {
    bounds: [
      [0, height - 1],
      [1, height],
      [0, width - 1],
      [1, width],
    ],
    draw(parameters, at, rng) {
      [parameters[at], parameters[at + 1]] = span(rng, height, share);
      [parameters[at + 2], parameters[at + 3]] = span(rng, width, share);
    },
    encode(p, parameters) {
      const inside = (places: Tensor, at: number) => {
        const place = p.constant(places);
        return p.and(
          p.greaterOrEqual(place, numberAt(p, parameters, at, domain)),
          p.less(place, numberAt(p, parameters, at + 1, domain)),
        );
      };
      // All rows of a table are inside.
      return domain.image === undefined ? inside(columns, 2) : p.and(inside(rows, 0), inside(columns, 2));
    },
  };
}

function span(rng: Rng, side: number, share: number): [number, number] {
  const length = 1 + rng.below(Math.max(Math.floor(share * side), 1));
  const start = rng.below(side - length + 1);
  return [start, start + length];
}

/** Row and column of every element: [1, 1, ...input] each. The elements of what is no image are columns of one row. */
function coordinates({ shape, size, image }: Domain): [Tensor, Tensor] {
  const of = (place: (at: number) => number) =>
    float32(
      Float32Array.from({ length: size }, (_, at) => place(at)),
      [1, 1, ...shape],
    );
  if (image === undefined) return [of(() => 0), of((at) => at)];
  const along = (axis: 'H' | 'W') => {
    const position = image.order.indexOf(axis);
    const sizes = imageShape(image);
    const stride = sizes.slice(position + 1).reduce((product, dim) => product * dim, 1);
    return (at: number) => Math.floor(at / stride) % (sizes[position] ?? 1);
  };
  return [of(along('H')), of(along('W'))];
}

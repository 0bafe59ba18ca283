// Affine image transforms with bilinear interpolation: one sampling for shift, rotation, shear and scale. Pixels from beyond the edge
// are those of the edge. ONNX Runtime's GridSample takes five times as long.
import type { Rng } from '../../base/rng.js';
import { float32 } from '../../base/tensor.js';
import type { Program } from '../../program/program.js';
import type { Value } from '../../program/value.js';
import type { Domain, ImageLayout } from '../domain.js';
import { type Bound, type BoundedMutator, mutatorOf, type Part } from './parts.js';
import { fromPlanes, planesOf, stacked } from './pixels.js';

/**
 * Where a pixel of a child comes from, counted from the centre of the image, rows downwards:
 * row' = rowByRow row + rowByColumn column + rowShift, and column' alike.
 */
export type AffineMap = {
  readonly rowByRow: number;
  readonly rowByColumn: number;
  readonly rowShift: number;
  readonly columnByRow: number;
  readonly columnByColumn: number;
  readonly columnShift: number;
};

export const identityMap: AffineMap = {
  rowByRow: 1,
  rowByColumn: 0,
  rowShift: 0,
  columnByRow: 0,
  columnByColumn: 1,
  columnShift: 0,
};

/** The numbers of a map in the order that the parameters have. */
export const numbersOf = (map: AffineMap): number[] => [
  map.rowByRow,
  map.rowByColumn,
  map.rowShift,
  map.columnByRow,
  map.columnByColumn,
  map.columnShift,
];

/** @param bounds of the numbers, in their order */
export function affineMutator(
  name: string,
  domain: Domain,
  bounds: readonly Bound[],
  map: (rng: Rng) => AffineMap,
): BoundedMutator | undefined {
  const { image } = domain;
  if (image === undefined) return undefined;
  const numbers: Part = {
    bounds,
    draw: (parameters, at, rng) => parameters.set(numbersOf(map(rng)), at),
    encode: (_p, parameters) => parameters,
  };
  return mutatorOf(name, domain, [numbers], (p, { inputs }, [maps]) =>
    fromPlanes(p, sampled(p, planesOf(p, inputs, image), maps, image), domain, image),
  );
}

/**
 * @param planes [parents, channels, pixels]
 * @param maps [parents or 1, children, 6]
 * @returns [parents, channels, children, pixels]
 */
function sampled(p: Program, planes: Value, maps: Value, image: ImageLayout): Value {
  const [rows, columns] = sourcesOf(p, maps, image);
  const [top, left] = [p.floor(rows), p.floor(columns)];
  const [bottom, right] = [p.min(p.add(top, 1), image.height - 1), p.min(p.add(left, 1), image.width - 1)];
  const [down, across] = [p.sub(rows, top), p.sub(columns, left)];
  const [up, back] = [p.sub(1, down), p.sub(1, across)];
  const pick = maps.shape[0] === 1 ? pickForAll(p, planes) : pickForEach(p, planes);
  const corner = (row: Value, column: Value, byRow: Value, byColumn: Value) =>
    pick(p.cast(p.add(p.mul(row, image.width), column), 'int64'), p.mul(byRow, byColumn));
  const corners = [
    corner(top, left, up, back),
    corner(top, right, up, across),
    corner(bottom, left, down, back),
    corner(bottom, right, down, across),
  ];
  const sum = corners.reduce((total, part) => p.add(total, part));
  const [parents = 1, channels = 1, pixels = 1] = planes.shape;
  return p.reshape(sum, [parents, channels, maps.shape[1] ?? 1, pixels]);
}

/** Rows and columns that the pixels come from, inside the image: [parents or 1, children, pixels] each. */
function sourcesOf(p: Program, maps: Value, { height, width }: ImageLayout): [Value, Value] {
  const [centreRow, centreColumn] = [(height - 1) / 2, (width - 1) / 2];
  const places = (place: (pixel: number) => number) =>
    p.constant(
      float32(
        Float32Array.from({ length: height * width }, (_, pixel) => place(pixel)),
        [1, 1, height * width],
      ),
    );
  const row = places((pixel) => Math.floor(pixel / width) - centreRow);
  const column = places((pixel) => (pixel % width) - centreColumn);
  const numberAt = (at: number) => p.slice(maps, 2, at, at + 1);
  const source = (at: number, centre: number, side: number) => {
    const turned = p.add(p.mul(numberAt(at), row), p.mul(numberAt(at + 1), column));
    return p.min(p.max(p.add(p.add(turned, numberAt(at + 2)), centre), 0), side - 1);
  };
  return [source(0, centreRow, height), source(3, centreColumn, width)];
}

/** Weighted pixels by their positions [parents or 1, children, pixels]. */
type Pick = (positions: Value, weights: Value) => Value;

/** One map for all parents: whole rows of one pixel of every plane are copied. [parents * channels, children, pixels]. */
function pickForAll(p: Program, planes: Value): Pick {
  const byPixel = p.transpose(stacked(p, planes), [1, 0]);
  return (positions, weights) => {
    const picked = p.gather(byPixel, p.reshape(positions, positions.shape.slice(1)), 0);
    return p.mul(p.transpose(picked, [2, 0, 1]), weights);
  };
}

/** Maps of each parent's own, element by element: [parents, channels, children, pixels]. */
function pickForEach(p: Program, planes: Value): Pick {
  const [parents = 1, channels = 1] = planes.shape;
  return (positions, weights) => {
    const [, children = 1, pixels = 1] = positions.shape;
    const flat = p.mergeInto(p.reshape(positions, [parents, 1, children, pixels]), 2);
    const picked = p.gatherElements(planes, p.expand(flat, [parents, channels, flat.shape[2] ?? 1]), 2);
    return p.mul(
      p.reshape(picked, [parents, channels, children, pixels]),
      p.reshape(weights, [parents, 1, children, pixels]),
    );
  };
}

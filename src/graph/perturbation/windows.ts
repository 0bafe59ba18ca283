// Which pixels a moved image may look up, for all parameters in their ranges.
import {
  type ImageShape,
  placeOf,
  type Range,
  radiansPerDegree,
  sizeOfImage,
  type Transform,
} from './transform.js';

/** For every element of the image `rows * columns` pixels, none of the others of which can have a weight. */
export type Windows = {
  readonly rows: number;
  readonly columns: number;
  /** First row and column of each element's window; all of it lies inside the image. */
  readonly top: Int32Array;
  readonly left: Int32Array;
};

/** Rounding moves nothing by as much as this, in pixels. */
const margin = 1;

export function windowsOf(shape: ImageShape, transform: Transform): Windows {
  const { height, width } = shape;
  const looked = Array.from({ length: sizeOfImage(shape) }, (_, element) =>
    lookedUp(shape, transform, element),
  );
  const rows = Math.min(height, Math.max(...looked.map(({ v }) => lengthOf(v))));
  const columns = Math.min(width, Math.max(...looked.map(({ u }) => lengthOf(u))));
  const start = ([least]: Range, side: number, length: number) =>
    Math.min(Math.max(Math.floor(least) - margin, 0), side - length);
  return {
    rows,
    columns,
    top: Int32Array.from(looked, ({ v }) => start(v, height, rows)),
    left: Int32Array.from(looked, ({ u }) => start(u, width, columns)),
  };
}

const lengthOf = ([least, most]: Range): number =>
  Math.ceil(most) + margin - (Math.floor(least) - margin) + 1;

/** Column u and row v from which an element comes, at least and at most. */
function lookedUp(shape: ImageShape, transform: Transform, element: number): { u: Range; v: Range } {
  const { row, column } = placeOf(shape, element);
  const [right, down] = transform.translation ?? [still, still];
  const [middleRow, middleColumn] = [(shape.height - 1) / 2, (shape.width - 1) / 2];
  const x: Range = [column - middleColumn - right[1], column - middleColumn - right[0]];
  const y: Range = [row - middleRow - down[1], row - middleRow - down[0]];
  const angles = (transform.rotation ?? still).map((degrees) => degrees * radiansPerDegree);
  const [from = 0, to = 0] = angles;
  const [cos, sin] = [cosines(from, to), cosines(from - Math.PI / 2, to - Math.PI / 2)];
  const scaling = transform.scaling ?? [1, 1];
  const u = quotient(sum(product(x, cos), product(y, sin)), scaling);
  const v = quotient(sum(product(y, cos), product(negative(x), sin)), scaling);
  return { u: sum(u, [middleColumn, middleColumn]), v: sum(v, [middleRow, middleRow]) };
}

const still: Range = [0, 0];
const hull = (values: readonly number[]): Range => [Math.min(...values), Math.max(...values)];
const sum = (a: Range, b: Range): Range => [a[0] + b[0], a[1] + b[1]];
const negative = ([least, most]: Range): Range => [-most, -least];
const product = (a: Range, b: Range): Range => hull(a.flatMap((x) => b.map((y) => x * y)));
/** By positive numbers. */
const quotient = (a: Range, b: Range): Range => hull(a.flatMap((x) => b.map((y) => x / y)));

/** Of the cosine between two angles: its ends, and 1 and -1 where multiples of pi lie between. */
function cosines(from: number, to: number): Range {
  const first = Math.ceil(from / Math.PI);
  const turns = [first, first + 1]
    .filter((turn) => turn * Math.PI <= to)
    .map((turn) => (turn % 2 === 0 ? 1 : -1));
  return hull([Math.cos(from), Math.cos(to), ...turns]);
}

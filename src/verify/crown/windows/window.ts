// A rectangle of places of a value [...c, height, width].

/** Places from `from` to before `to` along one axis. */
export type Range = { readonly from: number; readonly to: number };

/** Rows and columns of places; all channels. */
export type Window = readonly [Range, Range];

export const lengthOf = ({ from, to }: Range): number => to - from;

/** The smallest rectangle around both. */
export const hull = (one: Window, other: Window | undefined): Window =>
  other === undefined ? one : [around(one[0], other[0]), around(one[1], other[1])];

const around = (one: Range, other: Range): Range => ({
  from: Math.min(one.from, other.from),
  to: Math.max(one.to, other.to),
});

export const sameWindow = (one: Window, other: Window): boolean =>
  one.every(({ from, to }, axis) => from === other[axis]?.from && to === other[axis]?.to);

type Shape = readonly (number | string)[];

/** Height and width. */
export const planeOf = (shape: Shape): readonly [number, number] => [
  Number(shape.at(-2)),
  Number(shape.at(-1)),
];

/** Where a flat, row-major element of a value is. */
export function placeOf(element: number, shape: Shape) {
  const [height, width] = planeOf(shape);
  const place = element % (height * width);
  return {
    channel: Math.floor(element / (height * width)),
    row: Math.floor(place / width),
    column: place % width,
  };
}

/** The part that lies within a value of that shape. */
export function clipped([rows, columns]: Window, shape: Shape): Window {
  const [height, width] = planeOf(shape);
  const clip = ({ from, to }: Range, size: number) => ({ from: Math.max(0, from), to: Math.min(size, to) });
  return [clip(rows, height), clip(columns, width)];
}

export const croppedShape = (shape: Shape, [rows, columns]: Window): readonly (number | string)[] => [
  ...shape.slice(0, -2),
  lengthOf(rows),
  lengthOf(columns),
];

/** Row-major elements of the window out of those of the whole value. */
export function cropData(
  data: Float32Array,
  shape: Shape,
  [rows, columns]: Window,
): Float32Array<ArrayBuffer> {
  const [height, width] = planeOf(shape);
  const planes = data.length / (height * width);
  const result = new Float32Array(planes * lengthOf(rows) * lengthOf(columns));
  let at = 0;
  for (let plane = 0; plane < planes; plane++)
    for (let row = rows.from; row < rows.to; row++) {
      const first = (plane * height + row) * width;
      result.set(data.subarray(first + columns.from, first + columns.to), at);
      at += lengthOf(columns);
    }
  return result;
}

// The least output of a perceptron of two inputs over a box, by cutting the box into the polygons where the network is affine.
import type { Dense } from './mlps.js';

type Point = readonly [number, number];
/** a x + b y + c */
type Form = readonly [number, number, number];

const at = ([a, b, c]: Form, [x, y]: Point): number => a * x + b * y + c;

/** The side of a convex polygon where the form is not negative: Sutherland and Hodgman's clipping. */
function clipped(polygon: readonly Point[], form: Form): Point[] {
  return polygon.flatMap((from, i): Point[] => {
    const to = polygon[(i + 1) % polygon.length] ?? from;
    const [first, second] = [at(form, from), at(form, to)];
    const kept = first >= 0 ? [from] : [];
    if (first >= 0 === second >= 0) return kept;
    const share = first / (first - second);
    return [...kept, [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]];
  });
}

type Piece = { readonly polygon: readonly Point[]; readonly values: readonly Form[] };

const scaled = ([a, b, c]: Form, factor: number): Form => [a * factor, b * factor, c * factor];

function dense({ weight, bias }: Dense, values: readonly Form[]): Form[] {
  const outputs = weight.shape[1] ?? 0;
  return Array.from({ length: outputs }, (_, y) =>
    values.reduce<Form>(
      ([a, b, c], form, z) => {
        const [da, db, dc] = scaled(form, weight.data[z * outputs + y] ?? 0);
        return [a + da, b + db, c + dc];
      },
      [0, 0, bias?.data[y] ?? 0],
    ),
  );
}

/** Cuts a piece at the kink of each value in turn. */
function rectified({ polygon, values }: Piece): Piece[] {
  let pieces: Piece[] = [{ polygon, values: [] }];
  for (const form of values)
    pieces = pieces.flatMap((piece) =>
      [1, -1].flatMap((sign) => {
        const side = clipped(piece.polygon, scaled(form, sign));
        const value: Form = sign > 0 ? form : [0, 0, 0];
        return side.length === 0 ? [] : [{ polygon: side, values: [...piece.values, value] }];
      }),
    );
  return pieces;
}

/** Of the greatest excess over rows (output minus bound) the least: at a corner of a piece cut where two rows meet. */
export function leastExcess(
  layers: readonly Dense[],
  [lower, upper]: readonly [ArrayLike<number>, ArrayLike<number>],
  rows: readonly { readonly outputs: ArrayLike<number>; readonly bound: number }[],
): number {
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = [lower[0], lower[1], upper[0], upper[1]];
  const box: Piece = {
    polygon: [
      [x0, y0],
      [x1, y0],
      [x1, y1],
      [x0, y1],
    ],
    values: [
      [1, 0, 0],
      [0, 1, 0],
    ],
  };
  let pieces = [box];
  layers.forEach((layer, depth) => {
    pieces = pieces
      .map(({ polygon, values }) => ({ polygon, values: dense(layer, values) }))
      .flatMap((piece) => (depth < layers.length - 1 ? rectified(piece) : [piece]));
  });
  return pieces.reduce((least, piece) => Math.min(least, leastOfPiece(piece, rows)), Infinity);
}

function leastOfPiece(
  { polygon, values }: Piece,
  rows: readonly { readonly outputs: ArrayLike<number>; readonly bound: number }[],
): number {
  const forms = rows.map(({ outputs, bound }) =>
    values.reduce<Form>(
      ([a, b, c], form, y) => {
        const [da, db, dc] = scaled(form, outputs[y] ?? 0);
        return [a + da, b + db, c + dc];
      },
      [0, 0, -bound],
    ),
  );
  let cells = [polygon];
  forms.forEach((one, i) => {
    for (const other of forms.slice(i + 1)) {
      const difference: Form = [one[0] - other[0], one[1] - other[1], one[2] - other[2]];
      cells = cells.flatMap((cell) =>
        [1, -1].map((sign) => clipped(cell, scaled(difference, sign))).filter(({ length }) => length > 0),
      );
    }
  });
  const excess = (point: Point) => Math.max(...forms.map((form) => at(form, point)));
  return Math.min(...cells.flat().map(excess));
}

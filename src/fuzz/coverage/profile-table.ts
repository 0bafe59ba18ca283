// Profiles of the corpus, row after row in one growing array, with what distances to them need.
import { GrowingRows } from './growing-rows.js';

/** Farther from every profile than those are from each other, and its square is a float32. */
const farAway = 1e15;

export class ProfileTable {
  readonly #rows: GrowingRows<Float32Array>;
  #matrix: DistanceMatrix = { count: 0, data: new Float32Array() };

  constructor(readonly width: number) {
    this.#rows = new GrowingRows(width, (length) => new Float32Array(length));
  }

  get count(): number {
    return this.#rows.count;
  }

  /** A row without finite distances is stored as one that is far from everything: NaN would be the nearest to all. */
  add(row: Float32Array): void {
    this.#rows.add(hasDistances(row) ? row : new Float32Array(this.width).fill(farAway));
  }

  /** Copies of some rows, one after the other. */
  rowsAt = (entries: Int32Array): Float32Array => this.#rows.rowsAt(entries);

  /** Squared distance to the nearest row from number `first` on; NaN where the row is not finite. */
  nearest(row: Float32Array, first: number): number {
    let least = Infinity;
    for (let entry = first; entry < this.count; entry++) {
      least = Math.min(least, squaredDistance(row, this.#rows.data, entry * this.width));
    }
    return least;
  }

  /** Whether a row is within a squared distance of an entry; no where either is not finite. */
  isWithin(row: Float32Array, entry: number, squared: number): boolean {
    const [rows, from] = [this.#rows.data, entry * this.width];
    let sum = 0;
    // Most entries are far away after a few elements.
    for (let at = 0; at < row.length && sum <= squared; at++) {
      const difference = (row[at] as number) - (rows[from + at] as number);
      sum += difference * difference;
    }
    return sum <= squared;
  }

  /**
   * The first rows as columns (-2 c, |c|^2) of a float32 matrix [width + 1, count]; the same object until the table has grown so
   * much that comparing the rest one by one would be dear.
   */
  distanceMatrix(): DistanceMatrix {
    const missing = this.count - this.#matrix.count;
    if (missing > 0 && (this.#matrix.count === 0 || missing > Math.max(64, this.#matrix.count / 100)))
      this.#matrix = { count: this.count, data: distanceColumns(this.#rows.data, this.count, this.width) };
    return this.#matrix;
  }
}

/** [width + 1, count]: a column (-2 c, |c|^2) per row c, so that |a|^2 + [a, 1] . column = |a - c|^2. */
export function distanceColumns(rows: Float32Array, count: number, width: number): Float32Array {
  const data = new Float32Array((width + 1) * count);
  for (let entry = 0; entry < count; entry++) {
    let squared = 0;
    for (let at = 0; at < width; at++) {
      const value = rows[entry * width + at] as number;
      data[at * count + entry] = -2 * value;
      squared += value * value;
    }
    data[width * count + entry] = squared;
  }
  return data;
}

export type DistanceMatrix = { readonly count: number; readonly data: Float32Array };

const hasDistances = (row: Float32Array): boolean => row.every((value) => Math.abs(value) < farAway);

/** To the row of `rows` that starts at `from`; NaN where either is not finite. */
export function squaredDistance(row: Float32Array, rows: Float32Array, from: number): number {
  let squared = 0;
  for (let at = 0; at < row.length; at++) {
    const difference = (row[at] as number) - (rows[from + at] as number);
    squared += difference * difference;
  }
  return squared;
}

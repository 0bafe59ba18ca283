// Profiles of the corpus, row after row in one growing array, with what distances to them need.

/** Farther from every profile than those are from each other, and its square is a float32. */
const farAway = 1e15;

export class ProfileTable {
  count = 0;
  #rows: Float32Array;
  #matrix: DistanceMatrix = { count: 0, data: new Float32Array() };

  constructor(readonly width: number) {
    this.#rows = new Float32Array(64 * width);
  }

  /** A row without finite distances is stored as one that is far from everything: NaN would be the nearest to all. */
  add(row: Float32Array): void {
    if ((this.count + 1) * this.width > this.#rows.length) {
      const grown = new Float32Array(2 * this.#rows.length);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    const at = this.count++ * this.width;
    if (hasDistances(row)) this.#rows.set(row, at);
    else this.#rows.fill(farAway, at, at + this.width);
  }

  /** Copies of some rows, one after the other. */
  rowsAt(entries: Int32Array): Float32Array {
    const { width } = this;
    const rows = new Float32Array(entries.length * width);
    entries.forEach((entry, at) => {
      rows.set(this.#rows.subarray(entry * width, (entry + 1) * width), at * width);
    });
    return rows;
  }

  /** Squared distance to the nearest row from number `first` on; NaN where the row is not finite. */
  nearest(row: Float32Array, first: number): number {
    let least = Infinity;
    for (let entry = first; entry < this.count; entry++) {
      least = Math.min(least, squaredDistance(row, this.#rows, entry * this.width));
    }
    return least;
  }

  /**
   * The first rows as columns (-2 c, |c|^2) of a float32 matrix [width + 1, count]; the same object until the table has grown so
   * much that comparing the rest one by one would be dear.
   */
  distanceMatrix(): DistanceMatrix {
    const missing = this.count - this.#matrix.count;
    if (missing > 0 && (this.#matrix.count === 0 || missing > Math.max(64, this.#matrix.count / 100)))
      this.#matrix = { count: this.count, data: this.#columns() };
    return this.#matrix;
  }

  #columns(): Float32Array {
    const { count, width } = this;
    const data = new Float32Array((width + 1) * count);
    for (let entry = 0; entry < count; entry++) {
      let squared = 0;
      for (let at = 0; at < width; at++) {
        const value = this.#rows[entry * width + at] as number;
        data[at * count + entry] = -2 * value;
        squared += value * value;
      }
      data[width * count + entry] = squared;
    }
    return data;
  }
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

// Profiles of the corpus, row after row in one growing array, with what distances to them need.

/** Farther from every profile than those are from each other, and its square is a float32. */
const farAway = 1e15;

export class ProfileTable {
  count = 0;
  #rows: Float32Array;

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

  /** All rows; what is added later does not change them. */
  rows(): Float32Array {
    return this.#rows.subarray(0, this.count * this.width);
  }

  /** Squared distance to the nearest row from number `first` on; NaN where the row is not finite. */
  nearest(row: Float32Array, first: number): number {
    let least = Infinity;
    for (let entry = first; entry < this.count; entry++) {
      least = Math.min(least, squaredDistance(row, this.#rows, entry * this.width));
    }
    return least;
  }

  /** [width + 1, count]: a column (-2 c, |c|^2) per row c. */
  distanceMatrix(): Float32Array {
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

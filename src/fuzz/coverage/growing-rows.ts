// Rows of numbers in one array that grows.

export class GrowingRows<A extends Float32Array | Int32Array> {
  count = 0;
  #data: A;

  /** @param allocate an array of some length */
  constructor(
    readonly width: number,
    readonly allocate: (length: number) => A,
  ) {
    this.#data = allocate(64 * width);
  }

  add(row: ArrayLike<number>): void {
    if ((this.count + 1) * this.width > this.#data.length) {
      const grown = this.allocate(2 * this.#data.length);
      grown.set(this.#data);
      this.#data = grown;
    }
    this.#data.set(row, this.count++ * this.width);
  }

  /** All rows, one after the other; valid until the next `add`. */
  get data(): A {
    return this.#data;
  }

  /** Copies of some rows, one after the other. */
  rowsAt(entries: Int32Array): A {
    const { width } = this;
    const rows = this.allocate(entries.length * width);
    entries.forEach((entry, at) => {
      rows.set(this.#data.subarray(entry * width, (entry + 1) * width), at * width);
    });
    return rows;
  }
}

// A list of float64 that grows outside the JavaScript heap, whose own arrays of numbers end at some 100 million.
import { CEILING, invalid } from './raw.js';

export class CsvValues {
  #values = new Float64Array(1024);
  #length = 0;

  constructor(private readonly file: string) {}

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#grow();
    this.#values[this.#length++] = value;
  }

  values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }

  #grow(): void {
    const bytes = this.#values.byteLength * 2;
    if (bytes > CEILING) throw invalid(this.file, `more than ${CEILING / 8} numbers`, 'keep fewer rows');
    const grown = new Float64Array(bytes / 8);
    grown.set(this.#values);
    this.#values = grown;
  }
}

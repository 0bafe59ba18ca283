// First in, first out: a circle in one typed array. Entries that have had their turn are put back at the end, those of
// closed instances are not, so that each of these is looked at once and never again.
import { roomFor } from './room-for.js';

export class EntryQueue {
  #entries: Int32Array = new Int32Array(256);
  #first = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(entry: number): void {
    if (this.#size === this.#entries.length) this.#grow();
    this.#entries[(this.#first + this.#size++) % this.#entries.length] = entry;
  }

  shift(): number | undefined {
    if (this.#size === 0) return undefined;
    const entry = this.#entries[this.#first];
    this.#first = (this.#first + 1) % this.#entries.length;
    this.#size--;
    return entry;
  }

  /** The first open entry, which goes to the end; those before it that are not open leave. */
  rotate(isOpen: (entry: number) => boolean): number | undefined {
    for (let entry = this.shift(); entry !== undefined; entry = this.shift()) {
      if (!isOpen(entry)) continue;
      this.push(entry);
      return entry;
    }
    return undefined;
  }

  #grow(): void {
    const unrolled = this.#entries.slice(this.#first);
    const rest = this.#entries.subarray(0, this.#first);
    this.#entries = roomFor(unrolled, this.#entries.length + 1);
    this.#entries.set(rest, unrolled.length);
    this.#first = 0;
  }
}

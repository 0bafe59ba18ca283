// Inputs worth mutating: the seeds, and whatever some coverage criterion found new. Row-major in one growing array.

/** How an input came about. */
export type Lineage = {
  /** Position of its parent in the corpus; -1 for a seed. */
  readonly parent: number;
  /** Position of the other input that it was mixed with, if any. */
  readonly partner?: number;
  /** Mutator or stage that made it. */
  readonly by: string;
  readonly parameters: readonly number[];
  /** Executions of the run when it was found. */
  readonly executions: number;
};

export const seedLineage: Lineage = { parent: -1, by: 'seed', parameters: [], executions: 0 };

export class Corpus {
  readonly #lineages: Lineage[] = [];
  readonly #bySeed = new Map<number, number[]>();
  #inputs: Float32Array;
  #seeds: Int32Array;
  #size = 0;

  /** @param width elements of one input */
  constructor(
    readonly width: number,
    capacity = 256,
  ) {
    this.#inputs = new Float32Array(capacity * width);
    this.#seeds = new Int32Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** All inputs, [size, width]; valid until the next `add`. */
  get inputs(): Float32Array {
    return this.#inputs.subarray(0, this.#size * this.width);
  }

  /** Seed that each input descends from. */
  get seeds(): Int32Array {
    return this.#seeds.subarray(0, this.#size);
  }

  /** One input; valid until the next `add`. */
  input(entry: number): Float32Array {
    return this.#inputs.subarray(entry * this.width, (entry + 1) * this.width);
  }

  /** Seed that one input descends from. */
  seedOf(entry: number): number {
    return this.#seeds[entry] as number;
  }

  /** What descends from a seed, and the seed itself, in order of arrival. */
  entriesOf(seed: number): readonly number[] {
    return this.#bySeed.get(seed) ?? [];
  }

  lineageOf(entry: number): Lineage {
    return this.#lineages[entry] ?? seedLineage;
  }

  add(input: Float32Array, seed: number, lineage: Lineage): void {
    if (this.#size === this.#seeds.length) this.#grow();
    this.#inputs.set(input, this.#size * this.width);
    this.#lineages.push(lineage);
    const siblings = this.#bySeed.get(seed);
    if (siblings === undefined) this.#bySeed.set(seed, [this.#size]);
    else siblings.push(this.#size);
    this.#seeds[this.#size++] = seed;
  }

  #grow(): void {
    const inputs = new Float32Array(2 * this.#inputs.length);
    inputs.set(this.#inputs);
    const seeds = new Int32Array(2 * this.#seeds.length);
    seeds.set(this.#seeds);
    [this.#inputs, this.#seeds] = [inputs, seeds];
  }
}

// Corpus entries as they are kept on disk, and how the fuzzer's own corpus is read as such.
import type { Corpus, Lineage } from '../../fuzz/corpus.js';

export type CorpusEntry = {
  /** Elements of one input, row-major. */
  readonly input: Float32Array;
  /** Seed that it descends from, by its position among the seeds of the run; -1 where that is not known. */
  readonly seed: number;
  /** Row of the data set behind the seed; -1 for none. */
  readonly row: number;
  /** Its parent and partner are positions in the stored corpus, before its own. */
  readonly lineage: Lineage;
};

/** A lineage in another corpus, whose positions `moved` tells; what is not there is left out. */
export function movedLineage(
  { partner, ...lineage }: Lineage,
  moved: (position: number) => number | undefined,
): Lineage {
  const to = partner === undefined ? undefined : moved(partner);
  return { ...lineage, parent: moved(lineage.parent) ?? -1, ...(to !== undefined && { partner: to }) };
}

/**
 * Entries from position `from` on; the inputs are copied.
 * @param rowOf row of the data set per seed, -1 for none: `InputSet.rowOf`
 */
export function entriesOf(corpus: Corpus, rowOf: ArrayLike<number>, from = 0): CorpusEntry[] {
  return Array.from({ length: Math.max(0, corpus.size - from) }, (_, at) => {
    const entry = from + at;
    const seed = corpus.seedOf(entry);
    return {
      input: corpus.input(entry).slice(),
      seed,
      row: rowOf[seed] ?? -1,
      lineage: corpus.lineageOf(entry),
    };
  });
}

/** What keeps two inputs apart: their bits, so that -0 is not 0 and a NaN equals itself. */
export const inputKey = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('latin1');

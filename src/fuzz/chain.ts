// How an input came about, from its seed on: the mutations of its ancestors and its own, each with what it was mixed with and
// what it gave. Mutators are arithmetic, and can be run again on what the step before gave; gradients and bisection go as
// the rounding of a network takes them, so what they gave is all there is to know.
import { type Corpus, type Lineage, seedLineage } from './corpus.js';

export type ChainStep = {
  /** Mutator or stage, and the numbers that it drew. */
  readonly by: string;
  readonly parameters: readonly number[];
  /** Valid until the corpus grows, as the result. */
  readonly partner: Float32Array | undefined;
  readonly result: Float32Array;
};

/**
 * @param lineage of an input that need not be in the corpus itself
 * @returns nothing for a seed; where the first ancestors were not kept, the chain begins with what was made of them
 */
export function chainOf(
  corpus: Pick<Corpus, 'lineageOf' | 'input'>,
  lineage: Lineage,
  input: Float32Array,
): ChainStep[] {
  const chain: ChainStep[] = [];
  let [here, result]: [Lineage, Float32Array] = [lineage, input];
  while (here.by !== seedLineage.by) {
    const { by, parameters, partner, parent } = here;
    const mixed = partner === undefined ? undefined : corpus.input(partner);
    chain.unshift({ by, parameters: [...parameters], partner: mixed, result });
    if (parent < 0) break;
    [here, result] = [corpus.lineageOf(parent), corpus.input(parent)];
  }
  return chain;
}

// How an input came about, from its seed on: the mutations of its ancestors and its own.
import type { Mutation } from '../findings/finding.js';
import type { Corpus, Lineage } from './corpus.js';

/** @param lineage of an input that need not be in the corpus itself; the result is empty for a seed */
export function chainOf(corpus: Pick<Corpus, 'lineageOf'>, lineage: Lineage): Mutation[] {
  const chain: Mutation[] = [];
  let here: Lineage = lineage;
  while (here.parent >= 0) {
    chain.unshift({ by: here.by, parameters: [...here.parameters] });
    here = corpus.lineageOf(here.parent);
  }
  return chain;
}

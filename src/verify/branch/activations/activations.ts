// Branch and bound by splitting neurons at the kink of their activation, with slopes and multipliers optimised for every part
// (Wang et al., beta-CROWN, arXiv 2103.06624). Disjuncts over one box share everything; boxes come one after the other.
import { byBox } from '../../equal-boxes.js';
import { type BranchProof, recordsShare } from '../record.js';
import type { BranchRequest, BranchResult, BranchStrategy } from '../types.js';
import { createFrontier } from './frontier.js';
import { type Stopped, searchBox } from './search-box.js';

/** @throws Unbounded where the output has no bounds; ProgramError where a node cannot be run on many rows at once */
export async function branchOnActivations(
  request: BranchRequest,
): Promise<{ readonly results: readonly BranchResult[]; readonly strategy: BranchStrategy }> {
  const explanation: string[] = [];
  const results = new Map<number, BranchResult>();
  let found = false;
  for (const disjuncts of byBox(request.disjuncts, (disjunct) => disjunct)) {
    const kept = request.records ? recordsShare : 0;
    const frontier = createFrontier(disjuncts, request.memoryBytes * (1 / 2 - kept));
    const proofs = new Map<number, BranchProof>();
    const stopped: Stopped = found
      ? undefined
      : await searchBox(request, disjuncts, frontier, explanation, proofs);
    found ||= stopped === 'found';
    const reason = stopped === 'found' ? undefined : stopped;
    for (const result of frontier.results(reason)) {
      const proof = result.state === 'empty' ? proofs.get(result.index) : undefined;
      results.set(result.index, proof === undefined ? result : { ...result, proof });
    }
  }
  return {
    results: request.disjuncts.flatMap(({ index }) => results.get(index) ?? []),
    strategy: { explanation },
  };
}

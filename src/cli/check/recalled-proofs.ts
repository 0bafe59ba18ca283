// Proofs of earlier runs, checked again in the place of a search. Where the model has changed since, its new version is tried with the old
// splits first: the checker alone decides.

import type { Deadline } from '../../base/deadline.js';
import type { Checker } from '../../certify/check.js';
import { type Certificate, casesOf, partsOf } from '../../findings/certificate/certificate.js';
import { type ProofTree, type SearchTree, searchTreeOf } from '../../findings/search-tree.js';
import type { ProofMethod } from '../../findings/verdict.js';
import { leastMargin } from '../../verify/least-margin.js';
import { certify } from '../certificates/certify.js';
import { canonicalOf, isProofOf } from '../certificates/property.js';
import { yielding } from '../certificates/yielding.js';
import { type Checkers, claimed, createCheckers, isReadable } from './certifying.js';
import type { ProofStore } from './proof-store.js';
import { type LadderContext, openInstances, type State } from './state.js';
import type { Claim, Subject } from './subject.js';

type Stops = () => boolean | Promise<boolean>;

export async function recallProofs(
  subject: Subject,
  state: State,
  { proofs: store, clock, progress }: LadderContext,
  deadline: Deadline,
): Promise<void> {
  if (store === undefined || !store.isRead || !isReadable(subject)) return;
  const checkers = createCheckers();
  const isStopped = yielding(deadline, clock);
  for (const instance of openInstances(subject, state)) {
    const found = await recalled(subject, instance, store, checkers, isStopped);
    if (found === undefined) continue;
    progress('checking earlier proofs');
    state.bounds[instance] = leastMargin;
    state.methods.set(instance, found.method);
    state.checks.set(instance, { kind: 'accepted', certificates: found.certificates });
    state.recalled.add(instance);
    if (found.searchTree !== undefined) state.recalledTrees.set(instance, found.searchTree);
  }
}

type Recalled = {
  readonly method: ProofMethod;
  readonly certificates: readonly string[];
  readonly searchTree: SearchTree | undefined;
};

/** undefined where some claim has no proof that is accepted. */
export async function recalled(
  subject: Subject,
  instance: number,
  store: ProofStore,
  checkers: Checkers,
  isStopped: Stops,
  takesOthers = true,
): Promise<Recalled | undefined> {
  const certificates: string[] = [];
  const proofs: ProofTree[] = [];
  for (const claim of subject.claims ?? []) {
    const earlier = store.read(subject, claim, instance);
    if (earlier === undefined || !isProofOf(earlier, canonicalOf(claimed(claim, instance)))) return undefined;
    if (!takesOthers && earlier.model.sha256 !== claim.model.sha256) return undefined;
    const bytes = await accepted(earlier, claim, await checkers(claim.model), isStopped);
    if (bytes === undefined) return undefined;
    certificates.push(
      bytes.length === 0
        ? store.fileOf(subject, claim, instance)
        : store.write(subject, claim, instance, bytes),
    );
    proofs.push(...treesOf(earlier));
  }
  if (certificates.length === 0) return undefined;
  const method = proofs.some(({ root }) => partsOf(root).length > 0) ? 'branch-and-bound' : 'crown';
  return { method, certificates, searchTree: searchTreeOf(proofs) };
}

const treesOf = ({ proofs, property, places }: Certificate): ProofTree[] => {
  const cases = casesOf(property);
  return proofs.map(({ disjunct, root }) => ({ root, places: places[cases[disjunct]?.box ?? 0] }));
};

const unchanged = new Uint8Array();

/** What to write in its place; `unchanged` where it is accepted as it lies there, undefined where it is not. */
async function accepted(
  earlier: Certificate,
  { model: { sha256 } }: Claim,
  checker: Checker,
  isStopped: Stops,
): Promise<Uint8Array | undefined> {
  if (earlier.arithmetic !== 'deployed') return undefined;
  if (earlier.model.sha256 === sha256)
    return (await checker(earlier, { isStopped })).accepted ? unchanged : undefined;
  const { bytes, judgement } = await certify({ ...earlier, model: { sha256 } }, checker, { isStopped });
  return judgement.accepted ? bytes : undefined;
}

// Proofs of earlier runs, checked again in the place of a search. Where the model has changed since, its new version is tried with the old
// splits first: the checker alone decides.
import type { Deadline } from '../../base/deadline.js';
import type { Checker } from '../../certify/check.js';
import type { Certificate, ProofNode } from '../../findings/certificate/certificate.js';
import type { ProofMethod } from '../../findings/verdict.js';
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
    // That it is positive is all that is known.
    state.bounds[instance] = Number.MIN_VALUE;
    state.methods.set(instance, found.method);
    state.checks.set(instance, { kind: 'accepted', certificates: found.certificates });
    state.recalled.add(instance);
  }
}

type Recalled = { readonly method: ProofMethod; readonly certificates: readonly string[] };

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
  let method: ProofMethod = 'crown';
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
    if (earlier.proofs.some(({ root }) => isSplit(root))) method = 'branch-and-bound';
  }
  return certificates.length === 0 ? undefined : { method, certificates };
}

const isSplit = ({ kind }: ProofNode): boolean => kind === 'cut' || kind === 'sign';

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

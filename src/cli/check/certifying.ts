// Proofs of a property as certificates, each checked by the independent checker before it counts.
import { createDeadline } from '../../base/deadline.js';
import { sizeOf } from '../../base/shape.js';
import { type Checker, createChecker } from '../../certify/check.js';
import { loadModel } from '../../onnx/load.js';
import { count as inWords, plural } from '../../report/words.js';
import { certificateOf, certify, rejectionWords } from '../certificates/certify.js';
import type { Claimed } from '../certificates/property.js';
import { yielding } from '../certificates/yielding.js';
import { instanceName } from './instances.js';
import type { OpenModel } from './models.js';
import type { ProofStore } from './proof-store.js';
import type { Check, LadderContext, State } from './state.js';
import type { Claim, Subject } from './subject.js';

/** Of the time that the search may take: what is left then stays unchecked. */
const checkingShare = 2;

type Run = {
  readonly subject: Subject;
  readonly state: State;
  readonly store: ProofStore;
  readonly isStopped: () => boolean | Promise<boolean>;
};

/** Milliseconds that it took. */
export async function certifyAll(subject: Subject, state: State, context: LadderContext): Promise<number> {
  const { clock, signal, proofs: store } = context;
  const began = clock();
  const proved = Array.from(state.bounds.keys()).filter((at) => (state.bounds[at] ?? 0) > 0);
  if (proved.length === 0) return 0;
  const deadline = createDeadline(checkingShare * subject.property.budget.seconds * 1000, clock, signal);
  const isStopped = yielding(deadline, clock);
  const checkers = createCheckers();
  for (const instance of easiestFirst(proved, state)) {
    if (state.checks.has(instance)) continue;
    if (store !== undefined && deadline.expired()) {
      // Not one by one: each would be written before it is stopped.
      state.isCut = true;
      state.checks.set(instance, noTime);
      continue;
    }
    const run = store && { subject, state, store, isStopped };
    state.checks.set(instance, run === undefined ? notAsked : await checkOf(run, instance, checkers));
    context.progress(`checking proofs: ${inWords(state.checks.size)} of ${inWords(proved.length)}`);
  }
  noteUnchecked(subject, state);
  return clock() - began;
}

/** Proofs by bounds of whole boxes take milliseconds; trees may take as long as the search. */
const easiestFirst = (instances: readonly number[], { branchProofs }: State): number[] => [
  ...instances.filter((at) => !branchProofs.has(at)),
  ...instances.filter((at) => branchProofs.has(at)),
];

const noTime: Check = { kind: 'failed', why: 'no time was left' };
const notAsked: Check = { kind: 'failed', why: '--no-certify was given' };

async function checkOf(run: Run, instance: number, checkers: Checkers): Promise<Check> {
  const { subject, state } = run;
  const why = unreadable(subject, state, instance);
  if (why !== undefined) return { kind: 'unsupported', why };
  const certificates: string[] = [];
  for (const claim of subject.claims ?? []) {
    const found = await certified(run, claim, instance, await checkers(claim.model));
    if (typeof found !== 'string') return found;
    certificates.push(found);
  }
  return { kind: 'accepted', certificates };
}

export type Checkers = (model: OpenModel) => Promise<Checker>;

/** One for each model, from the file, which is read again. */
export function createCheckers(): Checkers {
  const opened = new Map<OpenModel, Promise<Checker>>();
  return (model) => {
    const checker = opened.get(model) ?? loadModel(model.file).then(createChecker);
    opened.set(model, checker);
    return checker;
  };
}

/** Whether certificates can say what is proved of the property's models one by one. */
export const isReadable = ({ claims }: Subject): boolean =>
  claims?.every(({ model }) => !isChanged(model)) ?? false;

const isChanged = ({ preprocess, derived }: OpenModel): boolean =>
  preprocess !== undefined || derived !== undefined;

/** Why no certificate can say what was proved. */
function unreadable(
  { claims, unclaimed, property }: Subject,
  { branchProofs }: State,
  instance: number,
): string | undefined {
  if (claims === undefined) return unclaimed ?? `there are no certificates of kind "${property.kind}"`;
  if (claims.length > 1 && branchProofs.has(instance))
    return 'it is a proof of two networks as one, and certificates are about one file';
  const changed = claims.find(({ model }) => isChanged(model));
  if (changed === undefined) return undefined;
  return `certificates are about files, and model "${changed.model.name}" is more than its file`;
}

/** The certificate's file, or why there is none. */
async function certified(
  { subject, state, store, isStopped }: Run,
  claim: Claim,
  instance: number,
  checker: Checker,
): Promise<string | Check> {
  const { model } = claim;
  const property = claimed(claim, instance);
  if (property.disjuncts.length === 0 && property.finiteIn === undefined)
    return {
      kind: 'unsupported',
      why: 'nothing is asked of the network there, which leaves nothing to check',
    };
  const about = { arithmetic: 'deployed', sha256: model.sha256 } as const;
  const draft = certificateOf(property, state.branchProofs.get(instance) ?? [], about);
  const { bytes, judgement } = await certify(draft, checker, { isStopped });
  if (judgement.accepted) return store.write(subject, claim, instance, bytes);
  if (judgement.reason === 'stopped') state.isCut = true;
  const kind = judgement.reason === 'unsupported' ? 'unsupported' : 'failed';
  return { kind, why: rejectionWords(judgement) };
}

export const claimed = ({ model: { typed }, disjuncts, finiteIn }: Claim, instance: number): Claimed => ({
  inputSize: sizeOf(typed.input.shape.slice(1).map(Number)),
  outputSize: sizeOf(typed.output.shape.slice(1).map(Number)),
  disjuncts: disjuncts(instance),
  ...(finiteIn && { finiteIn: finiteIn(instance) }),
});

/** One note for each reason, with the first instance that it holds for. */
function noteUnchecked(subject: Subject, { checks, notes }: State): void {
  const byKind = new Map<Check['kind'], number[]>();
  for (const [instance, { kind }] of checks) byKind.set(kind, [...(byKind.get(kind) ?? []), instance]);
  for (const kind of ['unsupported', 'failed'] as const) {
    const instances = byKind.get(kind) ?? [];
    const first = checks.get(instances[0] ?? -1);
    if (first === undefined || first.kind === 'accepted') continue;
    const place = instances.length === 1 ? '' : `${instanceName(subject, instances[0] ?? 0)}: `;
    notes.push(
      `${plural(instances.length, 'proof')} not checked independently${consequence(subject, kind)}: ${place}${first.why}`,
    );
  }
}

function consequence({ property: { expect, unchecked } }: Subject, kind: 'unsupported' | 'failed'): string {
  if (expect === 'tested' || unchecked === 'allowed') return '';
  return unchecked === 'unsupported' && kind === 'unsupported' ? '' : ', which this policy does not count';
}

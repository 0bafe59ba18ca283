// What `marauder prove` does with a proof: a certificate, checked and written.
import { resolve } from 'node:path';
import type { Deadline } from '../../base/deadline.js';
import type { VnnlibProperty } from '../../policy/vnnlib/property.js';
import type { Outcome } from '../../verify/decide.js';
import { writeFileAtomic } from '../files.js';
import type { Io, ProveOptions } from '../options.js';
import type { Subject } from './subject.js';

export type Checked = {
  readonly checked: boolean;
  /** Why not, as one sentence. */
  readonly unchecked: string | null;
  readonly written: { readonly file: string; readonly bytes: number } | null;
  readonly checkingMs: number;
};

type Run = { readonly options: ProveOptions; readonly io: Io; readonly deadline: Deadline };

/** undefined where nothing was proved. @throws UserError FILE_UNWRITABLE */
export async function checked(
  property: VnnlibProperty,
  [{ model, file }, ...others]: Subject['networks'],
  outcome: Outcome,
  { options, io, deadline }: Run,
): Promise<Checked | undefined> {
  if (outcome.verdict !== 'proved') return undefined;
  const began = io.clock();
  const { arithmetic, certifies } = options;
  const after = (found: Omit<Checked, 'checkingMs'>) => ({ ...found, checkingMs: io.clock() - began });
  if (!certifies && options.certificate === undefined)
    return after({ checked: false, unchecked: 'it was not asked for', written: null });
  if (others.length > 0)
    return after({ checked: false, unchecked: 'certificates are about one network', written: null });
  // Loaded late: what writes and checks certificates takes a tenth of the time of an easy counterexample.
  const { certificateOf, certify, createChecker, encodeCertificate, loadModel, rejectionWords, yielding } =
    await import('./certifying.js');
  const { sha256 } = model;
  const draft = certificateOf(property, outcome.disjuncts, { arithmetic, sha256 });
  if (!certifies) {
    const written = write(options, io, encodeCertificate(draft));
    return after({ checked: false, unchecked: 'it was not asked for', written });
  }
  const isStopped = yielding(deadline, io.clock);
  const { bytes, judgement } = await certify(draft, createChecker(await loadModel(file)), { isStopped });
  if (!judgement.accepted)
    return after({ checked: false, unchecked: rejectionWords(judgement), written: null });
  return after({ checked: true, unchecked: null, written: write(options, io, bytes) });
}

function write({ certificate }: ProveOptions, { cwd }: Io, bytes: Uint8Array): Checked['written'] {
  if (certificate === undefined) return null;
  writeFileAtomic(resolve(cwd, certificate), bytes);
  return { file: certificate, bytes: bytes.length };
}

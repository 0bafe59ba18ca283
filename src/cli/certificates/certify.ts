// From a proof that was found to one that was checked: the certificate is made, written down as bytes, read back and checked, and mended
// where the checker's bounds need more cuts.
import { isDeepStrictEqual } from 'node:util';
import type { Checker, CheckOptions } from '../../certify/check.js';
import type { Judgement, Rejection } from '../../certify/verdicts.js';
import {
  type Certificate,
  casesOf,
  certificateVersion,
  type Places,
} from '../../findings/certificate/certificate.js';
import { decodeCertificate, encodeCertificate } from '../../findings/certificate/file.js';
import type { Arithmetic } from '../../findings/verdict.js';
import type { Outcome } from '../../verify/decide.js';
import { createMending } from './mending.js';
import { type Claimed, canonicalOf } from './property.js';

export type Certified = {
  readonly bytes: Uint8Array;
  readonly judgement: Judgement;
};

/** As it was found, not looked at by the checker. Disjuncts without a proof were bounded as a whole. */
export function certificateOf(
  property: Claimed,
  disjuncts: readonly Pick<Outcome['disjuncts'][number], 'proof'>[],
  /** `sha256` is of the model's file. */
  { arithmetic, sha256 }: { readonly arithmetic: Arithmetic; readonly sha256: string },
): Certificate {
  const canonical = canonicalOf(property);
  const placesOf = (box: number): Places => {
    const found = disjuncts.find(
      ({ proof }, at) => canonical.disjuncts[at]?.box === box && proof?.places !== undefined,
    );
    return found?.proof?.places ?? { values: [], tightened: [] };
  };
  return {
    version: certificateVersion,
    model: { sha256 },
    arithmetic,
    // Where boxes were clipped there is no more than that it is positive.
    margin: 0,
    property: canonical,
    places: canonical.boxes.map((_, box) => placesOf(box)),
    proofs: casesOf(canonical).map((_, disjunct) => ({
      disjunct,
      root: disjuncts[disjunct]?.proof?.root ?? { kind: 'leaf' },
    })),
  };
}

/** @param check of the model's file, read again: what is checked is what lies on disk */
export async function certify(
  draft: Certificate,
  check: Checker,
  options: Pick<CheckOptions, 'isStopped'>,
): Promise<Certified> {
  const mending = createMending(greatestCuts);
  const asFound = encodeCertificate(draft);
  const given = decodeCertificate(asFound);
  const first = await check(given, { ...options, mending });
  // Without further cuts the bytes that were found are those that were checked.
  if (!first.accepted || mending.cuts() === 0) return { bytes: asFound, judgement: first };
  // With them the checker has bounded every node of the tree that comes of it, which is not bounded again: the file has to hold that tree.
  const proofs = given.proofs.map((proof) => ({ ...proof, root: mending.applied(proof.root) }));
  const mended = { ...given, proofs };
  const bytes = encodeCertificate(mended);
  if (!isDeepStrictEqual(decodeCertificate(bytes), mended))
    throw new Error('a certificate that is written down as another one');
  return { bytes, judgement: first };
}

const greatestCuts = 100_000;

/** Why a certificate was not accepted, as one sentence. */
export function rejectionWords({ reason, detail, ...more }: Rejection): string {
  const about: Readonly<Record<Rejection['reason'], string>> = {
    malformed: 'the certificate is malformed',
    'other-property': 'it is a proof of another property',
    unsupported: 'the checker does not know this network',
    'wrong-model': 'it is a proof about another model',
    stopped: 'no time was left',
    'not-finite': 'a value may be infinite or no number',
    uncovered: 'a region is not covered',
    'not-positive': 'a bound is not positive',
  };
  const where = 'point' in more ? `, at [${shownPoint(more.point)}]` : '';
  return `${about[reason]}: ${detail}${where}`;
}

const shownElements = 8;
const shownPoint = (point: readonly number[]): string =>
  [...point.slice(0, shownElements).map(String), ...(point.length > shownElements ? ['...'] : [])].join(', ');

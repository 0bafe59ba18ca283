// What a search remembers of a disjunct for a certificate: how parts were split, and what their bounds were found with. Nothing is kept
// where no certificate is wanted.
import type { LeafChoice, Places, ProofNode } from '../../findings/certificate/certificate.js';

/** What all records of a request may still take. */
export type Allowance = { bytes: number };

/**
 * A part of the box. The search writes once what became of it. Where the allowance is used up nothing more is kept: the part is a leaf
 * without choices, which a checker has to bound, and to cut, by itself.
 */
export type Record = { become: ProofStep | undefined; readonly allowance: Allowance };

/** Of the memory, what records may take. */
export const recordsShare = 1 / 4;

/** A node with its two parts, as JavaScript keeps them. */
const bytesPerNode = 256;

type ProofStep =
  | {
      readonly kind: 'cut';
      readonly input: number;
      readonly at: number;
      readonly left: Record;
      readonly right: Record;
    }
  | { readonly kind: 'sign'; readonly place: number; readonly positive: Record; readonly negative: Record }
  | { readonly kind: 'leaf'; readonly choice: LeafChoice };

export type BranchProof = {
  readonly root: ProofNode;
  /** Neurons that it names; shared by disjuncts of one box. Undefined: none. */
  readonly places?: Places | undefined;
};

export const newRecord = (allowance: Allowance): Record => ({ become: undefined, allowance });

/** Writes it down, unless it is more than may be kept. */
function write(record: Record, step: ProofStep, bytes: number): void {
  if (record.allowance.bytes < bytes) return;
  record.allowance.bytes -= bytes;
  record.become = step;
}

export function cutRecord(record: Record, input: number, at: number): readonly [Record, Record] {
  const [left, right] = [newRecord(record.allowance), newRecord(record.allowance)];
  write(record, { kind: 'cut', input, at, left, right }, bytesPerNode);
  return [left, right];
}

export function signRecord(record: Record, place: number): readonly [Record, Record] {
  const [positive, negative] = [newRecord(record.allowance), newRecord(record.allowance)];
  write(record, { kind: 'sign', place, positive, negative }, bytesPerNode);
  return [positive, negative];
}

export function leafRecord(record: Record | undefined, choice: () => LeafChoice): void {
  if (record === undefined || record.allowance.bytes <= 0) return;
  const own = choice();
  const { weights, slopes, multipliers } = own;
  const bytes = bytesPerNode + 2 * slopes.length + 8 * (weights.length + multipliers.length);
  write(record, { kind: 'leaf', choice: own }, bytes);
}

/** One for every combination of signs of the places: bit `at` of its number is set where place `at` is not positive. */
export const signRecords = (record: Record, places: ArrayLike<number>): readonly Record[] =>
  Array.from(places).reduce<readonly Record[]>(
    (before, place) => {
      const halves = before.map((own) => signRecord(own, place));
      return [...halves.map(([positive]) => positive), ...halves.map(([, negative]) => negative)];
    },
    [record],
  );

/**
 * Parts of which nothing more was written are leaves without choices. Trees are as deep as the search was.
 * @param placeOf the certificate's place of one of the search
 */
export function proofOf({ become }: Record, placeOf = (place: number) => place): ProofNode {
  switch (become?.kind) {
    case undefined:
      return { kind: 'leaf' };
    case 'leaf':
      return become;
    case 'cut':
      return { ...become, left: proofOf(become.left, placeOf), right: proofOf(become.right, placeOf) };
    case 'sign':
      return {
        ...become,
        place: placeOf(become.place),
        positive: proofOf(become.positive, placeOf),
        negative: proofOf(become.negative, placeOf),
      };
  }
}

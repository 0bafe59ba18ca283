// A proof as plain data: what the search hands over, what files hold, what the checker judges. See docs/certificates.md.
import type { Arithmetic } from '../verdict.js';

export const certificateVersion = 1;

/** A sparse linear form. */
export type Form = { readonly indices: readonly number[]; readonly coefficients: readonly number[] };

/** inputs . x + outputs . y <= bound, or < where strict. */
export type Constraint = {
  readonly inputs: Form;
  readonly outputs: Form;
  readonly bound: number;
  readonly strict: boolean;
};

export type ProofBox = { readonly lower: ArrayLike<number>; readonly upper: ArrayLike<number> };

/**
 * Violated where some x lies in the box of a disjunct and satisfies all its constraints with y = f(x); where it is `finite`, where some
 * value of the deployed network is NaN or infinite for some x in a box: then there are no disjuncts.
 */
export type CanonicalProperty = {
  readonly inputSize: number;
  readonly outputSize: number;
  readonly finite?: true;
  readonly boxes: readonly ProofBox[];
  readonly disjuncts: readonly { readonly box: number; readonly constraints: readonly Constraint[] }[];
};

/** What a leaf's bound was found with; where it is left out, the checker's own rules choose. */
export type LeafChoice = {
  /** Of the disjunct's constraints, not negative. */
  readonly weights: ArrayLike<number>;
  /** Lower slopes of the places of the box, in 65535ths. */
  readonly slopes: Uint16Array;
  /** Of the signs on the way from the root, in their order; not negative. */
  readonly multipliers: ArrayLike<number>;
};

export type ProofNode =
  /** Two parts of the box: x[input] <= at, and x[input] >= at. */
  | {
      readonly kind: 'cut';
      readonly input: number;
      readonly at: number;
      readonly left: ProofNode;
      readonly right: ProofNode;
    }
  /** Two parts: where the place's neuron reads what is >= `at`, and what is <= `at`; 0 where it is left out. */
  | {
      readonly kind: 'sign';
      readonly place: number;
      readonly at?: number;
      readonly positive: ProofNode;
      readonly negative: ProofNode;
    }
  | { readonly kind: 'leaf'; readonly choice?: LeafChoice }
  /** Nothing is claimed of this part: no proof. */
  | { readonly kind: 'open' };

/** The two parts of a node that was split; none of others. */
export function partsOf(node: ProofNode): readonly ProofNode[] {
  if (node.kind === 'cut') return [node.left, node.right];
  return node.kind === 'sign' ? [node.positive, node.negative] : [];
}

/** Neurons of one box that may be split or have slopes of their own. */
export type Places = {
  /** By the value that the activation reads, as the model's file names it. */
  readonly values: readonly { readonly name: string; readonly elements: ArrayLike<number> }[];
  /** Slopes by which neurons' own bounds were found. */
  readonly tightened: readonly Tightened[];
};

export type Tightened = {
  readonly place: number;
  /** Lower slopes of all places, in 65535ths, for the least and for the greatest value. */
  readonly least: Uint16Array;
  readonly greatest: Uint16Array;
};

/** What is proved one by one, in the order of the proofs: disjuncts; where values are to be finite, boxes. */
export const casesOf = ({ finite, boxes, disjuncts }: CanonicalProperty): CanonicalProperty['disjuncts'] =>
  finite ? boxes.map((_, box) => ({ box, constraints: [] })) : disjuncts;

/** Of one disjunct: the parts of its box; or of one box. */
export type Proof = { readonly disjunct: number; readonly root: ProofNode };

export type Certificate = {
  readonly version: typeof certificateVersion;
  readonly model: { readonly sha256: string };
  readonly arithmetic: Arithmetic;
  /** Every input misses some constraint of every disjunct by more than this; not negative. */
  readonly margin: number;
  readonly property: CanonicalProperty;
  /** One for every box of the property. */
  readonly places: readonly Places[];
  /** One for every disjunct, or box, in their order. */
  readonly proofs: readonly Proof[];
};

/** A certificate that contradicts itself or the model that it is about. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

// What the checker says.

export type Rejection =
  | {
      readonly reason: 'malformed' | 'unsupported' | 'wrong-model' | 'other-property' | 'stopped';
      readonly detail: string;
    }
  /** Nothing is claimed of a part of the box; a point of it. */
  | { readonly reason: 'uncovered'; readonly detail: string; readonly point: readonly number[] }
  /** A leaf, and a point of it. */
  | {
      readonly reason: 'not-positive';
      readonly detail: string;
      readonly bound: number;
      readonly point: readonly number[];
    };

export type Judgement =
  | {
      readonly accepted: true;
      readonly disjuncts: number;
      readonly leaves: number;
      /** Parts that were bounded. */
      readonly parts: number;
    }
  | ({ readonly accepted: false } & Rejection);

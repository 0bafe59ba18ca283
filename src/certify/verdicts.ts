// What the checker says.
import type { LinearBound } from './backward.js';
import type { Bounds } from './bounds.js';
import { middleOf } from './region.js';

export type Rejection =
  | {
      readonly reason: 'malformed' | 'unsupported' | 'wrong-model' | 'other-property' | 'stopped';
      readonly detail: string;
    }
  /** Nothing is claimed of a part of the box, or a value may overflow in a leaf. */
  | (Located & { readonly reason: 'uncovered' | 'not-finite' })
  /** A leaf. */
  | (Located & { readonly reason: 'not-positive'; readonly bound: number });

/** With a point of the part. */
type Located = { readonly detail: string; readonly point: readonly number[] };

export type Judgement =
  | {
      readonly accepted: true;
      readonly disjuncts: number;
      readonly leaves: number;
      /** Parts that were bounded. */
      readonly parts: number;
    }
  | ({ readonly accepted: false } & Rejection);

export const isProved = (rows: readonly LinearBound[]): boolean => rows.some((row) => row.bound > 0);

export const notPositive = (box: Bounds, rows: readonly LinearBound[], detail?: string): Rejection => ({
  reason: 'not-positive',
  detail: detail ?? 'the bound of a leaf is not positive',
  bound: rows.reduce((most, { bound }) => Math.max(most, bound), -Infinity),
  point: middleOf(box),
});

export const uncovered = (box: Bounds): Rejection => ({
  reason: 'uncovered',
  detail: 'nothing is claimed of a part of the box',
  point: middleOf(box),
});

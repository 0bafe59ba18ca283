// A part of the box: where some neurons' inputs have known signs, or lie beyond known points. Kept small, because many wait.
import { type Record, signRecords } from '../record.js';
import type { Space } from './space.js';

export type Subproblem = {
  /** Place of its disjunct in the request. */
  readonly disjunct: number;
  /** The disjunct's row that is bounded. */
  readonly row: number;
  /** Of that row, over its limit: not positive. */
  readonly bound: number;
  /** Place of a neuron (space.ts) where its input is >= a point, minus its place where it is <= a point. */
  readonly splits: Int32Array<ArrayBuffer>;
  /** Of each split; 0 for a kink. */
  readonly points: Float32Array<ArrayBuffer>;
  /** Of each split. */
  readonly multipliers: Float32Array<ArrayBuffer>;
  /** [width], in 255ths: children begin with them, and any slope is sound. */
  readonly slopes: Uint8Array<ArrayBuffer>;
  /** Places of the neurons to split next, best first: the first one of those that are cut anywhere. */
  readonly candidates: Int32Array<ArrayBuffer>;
  /** Where to cut each of them; 0 for a kink. */
  readonly candidatePoints: Float32Array<ArrayBuffer>;
  /** Where the search is recorded. */
  readonly record?: Record | undefined;
};

export const bytesOf = ({ splits, candidates, slopes }: Subproblem): number =>
  12 * splits.length + 8 * candidates.length + slopes.length + 512;

/** Every combination of sides of the first `depth` candidates. */
export function childrenOf({ isCut }: Pick<Space, 'isCut'>, parent: Subproblem, depth: number): Subproblem[] {
  const chosen = parent.candidates.subarray(0, depth);
  const records = parent.record && signRecords(parent.record, chosen);
  return Array.from({ length: 2 ** chosen.length }, (_, signs) => {
    const added = Array.from(chosen, (place, at): Split => {
      const isBelow = ((signs >> at) & 1) === 1;
      const point = parent.candidatePoints[at] ?? 0;
      return { split: isBelow ? -(isCut[place] === true ? place + 1 : place) : place, point };
    });
    return { ...withSplits(parent, added), ...(records && { record: records[signs] }) };
  });
}

type Split = { readonly split: number; readonly point: number };

/** A later point on the same side of a neuron takes the place of the earlier one, which it implies, and goes on with its multiplier. */
function withSplits(parent: Subproblem, added: readonly Split[]): Subproblem {
  const places = new Map(Array.from(parent.splits, (split, at) => [split, at] as const));
  const news = added.filter(({ split }) => !places.has(split));
  const points = Float32Array.of(...parent.points, ...news.map(({ point }) => point));
  for (const { split, point } of added) {
    const at = places.get(split);
    if (at !== undefined) points[at] = point;
  }
  return {
    ...parent,
    splits: Int32Array.of(...parent.splits, ...news.map(({ split }) => split)),
    points,
    multipliers: Float32Array.of(...parent.multipliers, ...news.map(() => 0)),
  };
}

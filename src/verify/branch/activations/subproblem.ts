// A part of the box: where some neurons' inputs have known signs. Kept small, because many wait.
import { type Record, signRecords } from '../record.js';

export type Subproblem = {
  /** Place of its disjunct in the request. */
  readonly disjunct: number;
  /** The disjunct's row that is bounded. */
  readonly row: number;
  /** Of that row, over its limit: not positive. */
  readonly bound: number;
  /** Place of a neuron (space.ts) where its input is >= 0, minus its place where it is <= 0. */
  readonly splits: Int32Array<ArrayBuffer>;
  /** Of each split. */
  readonly multipliers: Float32Array<ArrayBuffer>;
  /** [width], in 255ths: children begin with them, and any slope is sound. */
  readonly slopes: Uint8Array<ArrayBuffer>;
  /** Places of the neurons to split next, best first. */
  readonly candidates: Int32Array<ArrayBuffer>;
  /** Where the search is recorded. */
  readonly record?: Record | undefined;
};

export const bytesOf = ({ splits, candidates, slopes }: Subproblem): number =>
  8 * splits.length + 4 * candidates.length + slopes.length / 2 + 256;

/** Every combination of signs of the first `depth` candidates. */
export function childrenOf(parent: Subproblem, depth: number): Subproblem[] {
  const chosen = parent.candidates.subarray(0, depth);
  const before = parent.splits.length;
  const records = parent.record && signRecords(parent.record, chosen);
  return Array.from({ length: 2 ** chosen.length }, (_, signs) => {
    const splits = new Int32Array(before + chosen.length);
    splits.set(parent.splits);
    chosen.forEach((place, at) => {
      splits[before + at] = (signs >> at) & 1 ? -place : place;
    });
    const multipliers = new Float32Array(splits.length);
    multipliers.set(parent.multipliers);
    return { ...parent, splits, multipliers, ...(records && { record: records[signs] }) };
  });
}

// What a thread does with boxes that it is given to split.
import type { Task } from '../../../program/task.js';
import type { BoundingShape } from './bounder.js';
import { bounderOver } from './bounder.js';
import type { Space } from './space.js';
import { type Split, splitBoxes } from './split.js';
import type { Subproblem } from './subproblem.js';

/** Only the disjuncts that the boxes are of; the boxes have no records. */
export type SplitRequest = {
  readonly shape: BoundingShape;
  readonly space: Space;
  readonly boxes: readonly Subproblem[];
};

export const perform: Task<SplitRequest, Split[]> = async (run, { shape, space, boxes }) => {
  const made = await splitBoxes(space, bounderOver(run, shape), boxes);
  return { made, transfer: made.flatMap(openDataOf) };
};

const openDataOf = (split: Split): ArrayBuffer[] =>
  split.kind === 'cut' ? split.halves.flatMap(({ open }) => open?.data.buffer ?? []) : [];

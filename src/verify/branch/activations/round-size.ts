// Parts of one round: enough for all threads, few enough that deadlines and better parts are not waited for.
import { footprintOf } from '../../../graph/footprint.js';
import type { TypedModel } from '../../../graph/typed-model.js';
import type { BranchRequest } from '../types.js';

/** So that a round takes a second or so. */
export const roundSize = (millisecondsPerPart: number): number =>
  2 ** Math.max(4, Math.min(10, Math.round(Math.log2(2000 / Math.max(millisecondsPerPart, 1e-3)))));

/** Of no clock, but of what a part takes: a second or so on one thread, too. */
export const countedRoundSize = (model: TypedModel): number =>
  2 ** Math.max(4, Math.min(8, Math.round(Math.log2(2 ** 21 / footprintOf(model).activationBytes))));

/** Few parts at the root tell little of many, and other programs come and go. */
export function resized({ repeatable }: BranchRequest, parts: number, milliseconds: number): number {
  if (repeatable) return parts;
  if (milliseconds < 1000) return Math.min(1024, 2 * parts);
  return milliseconds > 4000 ? Math.max(16, parts / 2) : parts;
}

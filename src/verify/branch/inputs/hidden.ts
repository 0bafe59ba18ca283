// Hidden values of which sub-problems have bounds of their own, and how many of their elements one call can bound.
import { instanceOf } from '../../../graph/instance.js';
import { staticSize } from '../../../program/dims.js';
import { planOf, type Target } from '../../crown/plan.js';
import type { BranchRequest } from '../types.js';
import type { HiddenValue } from './space.js';

export type Subject = Pick<BranchRequest, 'model' | 'disjuncts' | 'arithmetic' | 'memoryBytes'>;

/** Elements of a hidden value that are bounded again in one call, the least certain first. */
const mostElements = 256;
/** Boxes that are bounded in one call. */
const mostBoxes = 64;
/** Of the memory, what the coefficients of one call may take; whatever the number of threads, so that all bound the same. */
const shareOfCall = 1 / 8;

/** Hidden values and elements, at most, for which no intervals are needed: they would take longer than a call for each value. */
const few = { values: 16, elements: 1024 } as const;

/** Coefficients of linear bounds of hidden elements that a sub-problem keeps, at most: 2 MB. */
export const greatestForms = 2 ** 18;

/** Whether one call bounds all elements of a value, from bounds that are assumed: products of those would be infinite. */
export function isFew(subject: Subject, sizes: readonly number[]): boolean {
  const { elements } = affordable(subject, sizes);
  return (
    !planOf(instanceOf(subject.model)).joint &&
    sizes.length <= few.values &&
    sizes.reduce((sum, size) => sum + size, 0) <= few.elements &&
    sizes.every((size) => size <= elements)
  );
}

/** Rows of the specification. */
export const rowsOf = ({ disjuncts }: Subject): number =>
  Math.max(...disjuncts.map((disjunct) => disjunct.rows.count));

/**
 * Those of which intervals are not the best bounds. Where all are few, those that are affine in the input, too: linear bounds of them say of
 * any part of a box what there is to know, and a program that is given bounds of all values computes with all alike.
 */
export function hiddenTargets(subject: Subject): readonly Target[] {
  const model = instanceOf(subject.model);
  const given = planOf(model, true).targets.filter(({ plain, affine }) => affine || !plain);
  const sizes = given.map(({ name }) => staticSize(model.types.get(name)?.shape ?? []));
  return isFew(subject, sizes) ? given : planOf(model).targets;
}

/** @param inherits whether linear bounds of the whole box are kept of all of them */
export function hiddenValues(
  targets: readonly Target[],
  sizes: readonly number[],
  elements: number,
  inherits: boolean,
): HiddenValue[] {
  let end = 0;
  return targets.map(({ kinkOnly, affine }, k) => {
    const size = sizes[k] ?? 0;
    end += size;
    return {
      offset: end - size,
      size,
      kinkOnly,
      most: Math.min(size, elements),
      inherited: affine && inherits,
    };
  });
}

/** Fewer boxes a call where their rows take much; fewer rows where those of one box take too much. */
export function affordable(subject: Subject, sizes: readonly number[]) {
  const { bytesPerRow } = planOf(instanceOf(subject.model));
  const rows = rowsOf(subject);
  const bytes = subject.memoryBytes * shareOfCall;
  const rowsWith = (most: number) => sizes.reduce((sum, size) => sum + 2 * Math.min(size, most), rows);
  const boxes = Math.floor(bytes / (rowsWith(mostElements) * bytesPerRow));
  let elements = mostElements;
  while (elements > 1 && rowsWith(elements) * bytesPerRow > bytes) elements = Math.floor(elements / 2);
  return {
    boxesPerCall: Math.max(1, Math.min(mostBoxes, boxes)),
    elements,
    elementsPerCall: Math.max(1, Math.min(mostElements, Math.floor((bytes / bytesPerRow - rows) / 2))),
    bytesPerRow,
  };
}

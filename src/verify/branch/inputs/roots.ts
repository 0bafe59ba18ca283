// The boxes of whole disjuncts, with interval bounds of hidden values or assumed ones: what every sub-problem descends from.
import { assumeBounds } from './assumed.js';
import type { Prepared } from './prepare.js';
import {
  emptyData,
  hiddenLowerOf,
  hiddenUpperOf,
  lowerOf,
  type Packing,
  type Subproblem,
  upperOf,
} from './subproblem.js';

/** Of the disjuncts at these places in the request; their rows are not bounded yet. */
export async function rootsOf(
  { space, intervals }: Prepared,
  disjuncts: readonly number[],
): Promise<Subproblem[]> {
  const { packing, hidden } = space;
  const roots = disjuncts.map((disjunct): Subproblem => {
    const { lower = new Float32Array(), upper = new Float32Array() } = space.disjuncts[disjunct] ?? {};
    return { disjunct, bound: -Infinity, data: emptyData(packing, lower, upper) };
  });
  if (intervals === undefined) {
    for (const { data } of roots) assumeBounds(packing, data);
    return roots;
  }
  const bounds = await intervals(sidesOf(packing, roots, lowerOf), sidesOf(packing, roots, upperOf));
  roots.forEach(({ data }, at) => {
    hidden.forEach(({ offset, size }, k) => {
      const { lower, upper } = bounds[k] ?? {};
      hiddenLowerOf(packing, data).set(lower?.subarray(at * size, (at + 1) * size) ?? [], offset);
      hiddenUpperOf(packing, data).set(upper?.subarray(at * size, (at + 1) * size) ?? [], offset);
    });
  });
  return roots;
}

/** [n, inputs] */
function sidesOf(packing: Packing, boxes: readonly Subproblem[], side: typeof lowerOf): Float32Array {
  const array = new Float32Array(boxes.length * packing.inputs);
  for (const [at, { data }] of boxes.entries()) array.set(side(packing, data), at * packing.inputs);
  return array;
}

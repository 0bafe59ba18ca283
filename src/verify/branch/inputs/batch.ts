// Boxes as one call of the bounding program, and which of their hidden elements it bounds again.
import type { Bounds } from '../../crown/bounds.js';
import { leastCertain, uncertain } from '../../crown/uncertain.js';
import type { Batch } from './bounder.js';
import { type HiddenValue, type Space, specification } from './space.js';
import { hiddenLowerOf, hiddenUpperOf, knownLength, knownOf, type Subproblem } from './subproblem.js';

/** @param elementsOf by box, those of a hidden value that are bounded again */
export function batchOf(
  space: Space,
  boxes: readonly Subproblem[],
  outputs: number,
  elementsOf: (value: HiddenValue) => readonly (readonly number[])[] | undefined,
): Batch {
  const { packing } = space;
  const length = knownLength(packing);
  const known = new Float32Array(boxes.length * length);
  boxes.forEach(({ data }, at) => {
    known.set(knownOf(packing, data), at * length);
  });
  const disjuncts = boxes.map(({ disjunct }) => disjunct);
  const indices = space.hidden.map((value) => indicesOf(elementsOf(value) ?? []));
  return { count: boxes.length, known, indices, ...specification(space, disjuncts, outputs) };
}

/** [n, m]: the elements of each box, and as many more of them as the one with most has. */
function indicesOf(open: readonly (readonly number[])[]): Int32Array<ArrayBuffer> {
  const most = Math.max(0, ...open.map((elements) => elements.length));
  const indices = new Int32Array(open.length * most);
  open.forEach((elements, at) => {
    indices.fill(elements[0] ?? 0, at * most, (at + 1) * most);
    indices.set(elements, at * most);
  });
  return indices;
}

/** Elements of a hidden value whose bounds can matter. */
export const openOf = (space: Space, value: HiddenValue, data: Subproblem['data']): readonly number[] =>
  uncertain(boundsOf(space, value, data), value.kinkOnly);

/** As many of them as one call bounds, the least certain. */
export function openInOneCall(space: Space, value: HiddenValue, data: Subproblem['data']): readonly number[] {
  const bounds = boundsOf(space, value, data);
  return leastCertain(bounds, value.kinkOnly, uncertain(bounds, value.kinkOnly), value.most);
}

const boundsOf = ({ packing }: Space, { offset, size }: HiddenValue, data: Subproblem['data']): Bounds => ({
  lower: hiddenLowerOf(packing, data).subarray(offset, offset + size),
  upper: hiddenUpperOf(packing, data).subarray(offset, offset + size),
});

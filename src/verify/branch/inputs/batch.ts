// Boxes as one call of the bounding program, and which of their hidden elements it bounds again.
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

/** Elements whose bounds can matter, the least certain first where they are more than one call bounds. */
export function uncertain(
  { packing }: Space,
  { offset, size, kinkOnly, most }: HiddenValue,
  data: Subproblem['data'],
): number[] {
  const lower = hiddenLowerOf(packing, data).subarray(offset, offset + size);
  const upper = hiddenUpperOf(packing, data).subarray(offset, offset + size);
  const doubt = (at: number): number => {
    const low = lower[at] ?? 0;
    const high = upper[at] ?? 0;
    return kinkOnly ? Math.min(-low, high) : high - low;
  };
  const open: number[] = [];
  for (let at = 0; at < lower.length; at++) if (doubt(at) > 0) open.push(at);
  return open.length <= most ? open : open.sort((a, b) => doubt(b) - doubt(a));
}

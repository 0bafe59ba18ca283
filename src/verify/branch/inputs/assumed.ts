// Bounds of hidden values that are assumed until rows give true ones. Rows of one value depend on bounds of the values before it; of those
// behind it only a share of what floats below the normal ones lose is charged, which finite bounds keep small. So values are bounded in order,
// and what no row bounds becomes infinite.
import type { HiddenValue } from './space.js';
import { hiddenLowerOf, hiddenUpperOf, type Packing, type Subproblem } from './subproblem.js';

/** Beyond what networks compute; small enough for sums of it, and for what is charged of it, to stay finite and small. */
const greatestAssumed = 2 ** 64;

export function assumeBounds(packing: Packing, data: Subproblem['data']): void {
  hiddenLowerOf(packing, data).fill(-greatestAssumed);
  hiddenUpperOf(packing, data).fill(greatestAssumed);
}

/** What is still assumed of a hidden value becomes infinite. */
export function dropAssumed(packing: Packing, { offset, size }: HiddenValue, data: Subproblem['data']): void {
  const lower = hiddenLowerOf(packing, data).subarray(offset, offset + size);
  const upper = hiddenUpperOf(packing, data).subarray(offset, offset + size);
  for (let at = 0; at < size; at++) {
    if ((lower[at] ?? 0) <= -greatestAssumed) lower[at] = -Infinity;
    if ((upper[at] ?? 0) >= greatestAssumed) upper[at] = Infinity;
  }
}

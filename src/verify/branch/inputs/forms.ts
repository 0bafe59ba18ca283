// Linear bounds of hidden elements that were found for a box hold in its parts, and are tighter there: what a part inherits.
import { roundDown, roundUp } from '../../../base/float32-rounding.js';
import { doubtOf } from '../../crown/uncertain.js';
import type { Limit } from './limits.js';
import type { HiddenValue, Space } from './space.js';
import {
  formConstantsOf,
  formsOf,
  hiddenLowerOf,
  hiddenUpperOf,
  lowerOf,
  type Packing,
  upperOf,
} from './subproblem.js';
import { leastWithin } from './within.js';

/**
 * The least value over a box of each linear bound of a packed sub-problem, less than it by what sums of doubles may be off by, here and in
 * any part of the box; -Infinity where nothing is known. With limits, the least where they are satisfied.
 */
export function leastOf(
  packing: Packing,
  data: Float32Array<ArrayBuffer>,
  limits: readonly Limit[] = [],
): (form: number) => number {
  const { inputs } = packing;
  const [coefficients, constants] = [formsOf(packing, data), formConstantsOf(packing, data)];
  const least = leastWithin(lowerOf(packing, data), upperOf(packing, data), limits);
  return (form) => least(coefficients, form * inputs, constants[form] ?? 0);
}

/**
 * Tightens the bounds of open hidden elements in place to what the linear bounds say of the box.
 * @returns whether bounds are left: where an element has none there is no counterexample
 */
export function tighten(
  { packing, hidden }: Space,
  data: Float32Array<ArrayBuffer>,
  limits: readonly Limit[] = [],
  values: readonly HiddenValue[] = hidden,
): boolean {
  if (packing.forms === 0) return true;
  const least = leastOf(packing, data, limits);
  const [lower, upper] = [hiddenLowerOf(packing, data), hiddenUpperOf(packing, data)];
  return values.every((value) => tightenValue(value, lower, upper, least, (j) => -least(packing.hidden + j)));
}

/** @param least and `most` of elements, as their linear bounds say */
function tightenValue(
  value: HiddenValue,
  lower: Float32Array,
  upper: Float32Array,
  least: (element: number) => number,
  most: (element: number) => number,
): boolean {
  for (let j = value.offset; j < value.offset + value.size; j++) {
    // No patterns here: before V8 has compiled them they take as long as the rest.
    const low = lower[j] ?? 0;
    const high = upper[j] ?? 0;
    if (doubtOf(value.kinkOnly, low, high) > 0) {
      const lowest = least(j);
      const highest = most(j);
      if (lowest > low) lower[j] = roundDown(lowest);
      if (highest < high) upper[j] = roundUp(highest);
    }
    if ((lower[j] ?? 0) > (upper[j] ?? 0)) return false;
  }
  return true;
}

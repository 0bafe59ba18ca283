// Linear bounds of hidden elements that were found for a box hold in its parts, and are tighter there: what a part inherits.
import { roundDown, roundUp } from '../../../base/float32-rounding.js';
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

/**
 * The least value over a box of each linear bound of a packed sub-problem, less than it by what sums of doubles may be off by, here and in
 * any part of the box; -Infinity where nothing is known.
 */
export function leastOf(packing: Packing, data: Float32Array<ArrayBuffer>): (form: number) => number {
  const { inputs } = packing;
  const lower = Float64Array.from(lowerOf(packing, data));
  const upper = Float64Array.from(upperOf(packing, data));
  const greatest = lower.map((low, i) => Math.max(Math.abs(low), Math.abs(upper[i] ?? 0)));
  const [coefficients, constants] = [formsOf(packing, data), formConstantsOf(packing, data)];
  const rounding = (4 * inputs + 16) * 2 ** -52;
  return (form) => {
    const constant = constants[form] ?? 0;
    let sum = constant;
    let size = Math.abs(constant);
    for (let i = 0, at = form * inputs; i < inputs; i++, at++) {
      const a = coefficients[at] ?? 0;
      sum += a * ((a > 0 ? lower[i] : upper[i]) ?? 0);
      size += Math.abs(a) * (greatest[i] ?? 0);
    }
    const least = sum - rounding * size;
    return Number.isFinite(least) ? least : -Infinity;
  };
}

/** Tightens the bounds of open hidden elements in place to what the linear bounds say of the box. */
export function tighten({ packing, hidden }: Space, data: Float32Array<ArrayBuffer>): void {
  if (packing.forms === 0) return;
  const least = leastOf(packing, data);
  const [lower, upper] = [hiddenLowerOf(packing, data), hiddenUpperOf(packing, data)];
  for (const value of hidden) {
    for (let j = value.offset; j < value.offset + value.size; j++) {
      if (!isOpen(value, lower[j] ?? 0, upper[j] ?? 0)) continue;
      const low = least(j);
      if (low > (lower[j] ?? 0)) lower[j] = roundDown(low);
      const high = -least(packing.hidden + j);
      if (high < (upper[j] ?? 0)) upper[j] = roundUp(high);
    }
  }
}

/** Whether tighter bounds of an element can matter. */
export const isOpen = ({ kinkOnly }: HiddenValue, lower: number, upper: number): boolean =>
  kinkOnly ? lower < 0 && upper > 0 : lower < upper;

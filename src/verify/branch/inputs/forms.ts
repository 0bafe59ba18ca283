// Linear bounds of hidden elements that were found for a box hold in its parts, and are tighter there: what a part inherits.
import { roundDown, roundUp } from '../../../base/float32-rounding.js';
import {
  formConstantsOf,
  formsOf,
  hiddenLowerOf,
  hiddenUpperOf,
  lowerOf,
  type Packing,
  upperOf,
} from './subproblem.js';

/** Least values of linear bounds over a box. */
export type Least = {
  /** [forms], exact but for `slack`; -Infinity where nothing is known. */
  readonly values: Float64Array;
  /** [forms], what sums of doubles may be off by, here and in any part of the box. */
  readonly slack: Float64Array;
};

/** Of all linear bounds of a packed sub-problem over its box. */
export function leastOf(packing: Packing, data: Float32Array<ArrayBuffer>): Least {
  const { inputs, forms } = packing;
  const [lower, upper] = [lowerOf(packing, data), upperOf(packing, data)];
  const [coefficients, constants] = [formsOf(packing, data), formConstantsOf(packing, data)];
  const values = new Float64Array(forms);
  const slack = new Float64Array(forms);
  for (let form = 0; form < forms; form++) {
    const constant = constants[form] ?? 0;
    let [sum, size] = [constant, Math.abs(constant)];
    for (let i = 0, at = form * inputs; i < inputs; i++, at++) {
      const a = coefficients[at] ?? 0;
      const [low, high] = [lower[i] ?? 0, upper[i] ?? 0];
      sum += a > 0 ? a * low : a * high;
      size += Math.abs(a) * Math.max(Math.abs(low), Math.abs(high));
    }
    const known = Number.isFinite(sum) && Number.isFinite(size);
    values[form] = known ? sum : -Infinity;
    slack[form] = known ? (4 * inputs + 16) * 2 ** -52 * size : 0;
  }
  return { values, slack };
}

/** Tightens the hidden bounds in place to what the linear bounds say of the box. */
export function tighten(packing: Packing, data: Float32Array<ArrayBuffer>): void {
  const { values, slack } = leastOf(packing, data);
  const [lower, upper] = [hiddenLowerOf(packing, data), hiddenUpperOf(packing, data)];
  const hidden = packing.forms / 2;
  for (let j = 0; j < hidden; j++) {
    const least = (values[j] ?? -Infinity) - (slack[j] ?? 0);
    if (least > (lower[j] ?? 0)) lower[j] = roundDown(least);
    const most = (slack[hidden + j] ?? 0) - (values[hidden + j] ?? -Infinity);
    if (most < (upper[j] ?? 0)) upper[j] = roundUp(most);
  }
}

// What a call of the bounding program found, written into the boxes' data.
import type { Batch, Bounded } from './bounder.js';
import { greatestBound, type Space } from './space.js';
import {
  coefficientsOf,
  constantsOf,
  formConstantsOf,
  formsOf,
  hiddenLowerOf,
  hiddenUpperOf,
  type Packing,
  type Subproblem,
} from './subproblem.js';

/** Bounds that are tighter; and linear bounds, which take the place of those that the larger box had. */
export function writeHidden(
  { packing, hidden }: Space,
  { data }: Subproblem,
  batch: Batch,
  found: Bounded,
  at: number,
): void {
  const [low, high] = [hiddenLowerOf(packing, data), hiddenUpperOf(packing, data)];
  const writeForm = formWriter(packing, data, found);
  hidden.forEach(({ offset }, k) => {
    const { [k]: indices = new Int32Array() } = batch.indices;
    const place = found.places[k];
    if (place === undefined) return;
    const m = indices.length / batch.count;
    for (let i = 0; i < m; i++) {
      const element = offset + (indices[at * m + i] ?? 0);
      const row = at * found.rows + place + i;
      const least = found.bound[row] ?? -Infinity;
      const most = -(found.bound[row + m] ?? -Infinity);
      if (least > (low[element] ?? 0)) low[element] = least;
      if (most < (high[element] ?? 0)) high[element] = most;
      writeForm(element, row);
      writeForm(packing.hidden + element, row + m);
    }
  });
}

function formWriter(packing: Packing, data: Subproblem['data'], found: Bounded) {
  const { inputs } = packing;
  const [forms, constants] = [formsOf(packing, data), formConstantsOf(packing, data)];
  return (form: number, row: number): void => {
    const constant = found.constant[row] ?? -Infinity;
    if (packing.forms === 0 || !Number.isFinite(constant)) return;
    constants[form] = constant;
    for (let i = 0; i < inputs; i++) forms[form * inputs + i] = found.coefficients[row * inputs + i] ?? 0;
  };
}

/** @returns the greatest bound of a row over its limit */
export function writeRows(
  { packing, disjuncts }: Space,
  { data, disjunct }: Subproblem,
  found: Bounded,
  at: number,
) {
  const { inputs, rows } = packing;
  const first = at * found.rows;
  coefficientsOf(packing, data).set(found.coefficients.subarray(first * inputs, (first + rows) * inputs));
  constantsOf(packing, data).set(found.constant.subarray(first, first + rows));
  return greatestBound(disjuncts[disjunct]?.rows, found.bound, first);
}

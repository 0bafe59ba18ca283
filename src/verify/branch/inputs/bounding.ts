// Packed sub-problems through the bounding program: hidden elements that are open are bounded again, the rest is inherited.
import type { Batch, Bounded, Bounder, HiddenBatch } from './bounder.js';
import { tighten } from './forms.js';
import { greatestBound, type HiddenValue, type Space, specification } from './space.js';
import {
  coefficientsOf,
  constantsOf,
  formConstantsOf,
  formsOf,
  hiddenLowerOf,
  hiddenUpperOf,
  lowerOf,
  type Packing,
  type Subproblem,
  upperOf,
} from './subproblem.js';

/**
 * Packed boxes with what is known of larger ones; their data is filled in, in place. Hidden elements first, in two parts: those of the
 * last values take most rows and gain most from the relaxation that new bounds of earlier ones give. Then the rows of the
 * specification, for all boxes at once: they are few.
 */
export async function boundAll(
  space: Space,
  boxes: readonly Subproblem[],
  bounder: Bounder,
): Promise<Subproblem[]> {
  if (boxes.length === 0) return [];
  for (const { data } of boxes) tighten(space, data);
  const perCall = Math.max(1, Math.floor(space.boxesPerCall / 2));
  for (const part of partsOf(space.hidden))
    for (let from = 0; from < boxes.length; from += perCall)
      await refine(space, boxes.slice(from, from + perCall), bounder, part);
  return boundRows(space, boxes, bounder);
}

/** Two thirds of the values, then the rest: on ACAS Xu that takes a quarter fewer sub-problems than all at once. */
function partsOf(hidden: readonly HiddenValue[]): readonly (readonly HiddenValue[])[] {
  const first = Math.ceil((2 * hidden.length) / 3);
  return [hidden.slice(0, first), hidden.slice(first)].filter(({ length }) => length > 0);
}

/** Bounds the open elements of some hidden values again. */
async function refine(
  space: Space,
  boxes: readonly Subproblem[],
  bounder: Bounder,
  part: readonly HiddenValue[],
): Promise<void> {
  const batch = batchOf(space, boxes, bounder.outputs, part);
  if (batch.hidden.every(({ indices }) => indices.length === 0)) return;
  const found = await bounder.run(batch);
  boxes.forEach((box, at) => {
    writeHidden(space, box, batch, found, at);
  });
}

async function boundRows(space: Space, boxes: readonly Subproblem[], bounder: Bounder) {
  const found = await bounder.run(batchOf(space, boxes, bounder.outputs, []));
  return boxes.map((box, at) => ({ ...box, bound: writeRows(space, box, found, at) }));
}

/** @param part hidden values whose open elements are bounded again */
function batchOf(
  space: Space,
  boxes: readonly Subproblem[],
  outputs: number,
  part: readonly HiddenValue[],
): Batch {
  const { packing } = space;
  const { inputs } = packing;
  const lower = new Float32Array(boxes.length * inputs);
  const upper = new Float32Array(boxes.length * inputs);
  boxes.forEach(({ data }, at) => {
    lower.set(lowerOf(packing, data), at * inputs);
    upper.set(upperOf(packing, data), at * inputs);
  });
  const disjuncts = boxes.map(({ disjunct }) => disjunct);
  const hidden = space.hidden.map((value) => hiddenBatch(packing, value, boxes, part.includes(value)));
  return { count: boxes.length, lower, upper, hidden, ...specification(space, disjuncts, outputs) };
}

function hiddenBatch(
  packing: Packing,
  value: HiddenValue,
  boxes: readonly Subproblem[],
  refines: boolean,
): HiddenBatch {
  const { offset, size } = value;
  const lower = new Float32Array(boxes.length * size);
  const upper = new Float32Array(boxes.length * size);
  const open = boxes.map(({ data }, at) => {
    const low = hiddenLowerOf(packing, data).subarray(offset, offset + size);
    const high = hiddenUpperOf(packing, data).subarray(offset, offset + size);
    lower.set(low, at * size);
    upper.set(high, at * size);
    return refines ? uncertain(value, low, high) : [];
  });
  const most = Math.max(...open.map((elements) => elements.length));
  const indices = new Int32Array(boxes.length * most);
  open.forEach((elements, at) => {
    indices.fill(elements[0] ?? 0, at * most, (at + 1) * most);
    indices.set(elements, at * most);
  });
  return { lower, upper, indices };
}

/** Elements whose bounds can matter, the least certain first where they are too many. */
function uncertain({ kinkOnly, most }: HiddenValue, lower: Float32Array, upper: Float32Array): number[] {
  const doubt = (at: number): number => {
    const [low, high] = [lower[at] ?? 0, upper[at] ?? 0];
    return kinkOnly ? Math.min(-low, high) : high - low;
  };
  const open: number[] = [];
  for (let at = 0; at < lower.length; at++) if (doubt(at) > 0) open.push(at);
  return open.length <= most ? open : open.sort((a, b) => doubt(b) - doubt(a)).slice(0, most);
}

function writeHidden(
  { packing, hidden }: Space,
  { data }: Subproblem,
  batch: Batch,
  found: Bounded,
  at: number,
): void {
  const [low, high] = [hiddenLowerOf(packing, data), hiddenUpperOf(packing, data)];
  hidden.forEach(({ offset }, k) => {
    const { indices } = batch.hidden[k] ?? { indices: new Int32Array() };
    const place = found.places[k];
    if (place === undefined) return;
    const m = indices.length / batch.count;
    for (let i = 0; i < m; i++) {
      const element = offset + (indices[at * m + i] ?? 0);
      const row = at * found.rows + place + i;
      const [least, most] = [found.bound[row] ?? -Infinity, -(found.bound[row + m] ?? -Infinity)];
      if (least > (low[element] ?? 0)) low[element] = least;
      if (most < (high[element] ?? 0)) high[element] = most;
      writeForm(packing, data, element, found, row);
      writeForm(packing, data, packing.hidden + element, found, row + m);
    }
  });
}

/** A linear bound takes the place of the one that the larger box had. */
function writeForm(
  packing: Packing,
  data: Subproblem['data'],
  form: number,
  found: Bounded,
  row: number,
): void {
  const constant = found.constant[row] ?? -Infinity;
  if (packing.forms === 0 || !Number.isFinite(constant)) return;
  const { inputs } = packing;
  formConstantsOf(packing, data)[form] = constant;
  formsOf(packing, data).set(found.coefficients.subarray(row * inputs, (row + 1) * inputs), form * inputs);
}

/** @returns the greatest bound of a row over its limit */
function writeRows(
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

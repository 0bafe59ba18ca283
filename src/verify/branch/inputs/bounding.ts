// Packed sub-problems through the bounding program: hidden elements whose sign is open are bounded again, the rest is inherited.
import type { Batch, Bounded, Bounder, HiddenBatch } from '../bounder.js';
import type { OpenDisjunct } from '../types.js';
import {
  coefficientsOf,
  constantsOf,
  hiddenLowerOf,
  hiddenUpperOf,
  lowerOf,
  type Packing,
  type Subproblem,
  upperOf,
} from './subproblem.js';

export type HiddenValue = {
  /** First of its elements among all hidden ones. */
  readonly offset: number;
  readonly size: number;
  /** Where only the sign of an element matters. */
  readonly kinkOnly: boolean;
  /** Elements that one call bounds again, at most. */
  readonly most: number;
};

export type Space = {
  readonly packing: Packing;
  readonly hidden: readonly HiddenValue[];
  readonly disjuncts: readonly OpenDisjunct[];
};

/** Packed boxes whose hidden bounds are those of a larger box; bounds and coefficients are filled in, in place. */
export async function boundAll(
  space: Space,
  boxes: readonly Subproblem[],
  bounder: Bounder,
): Promise<Subproblem[]> {
  if (boxes.length === 0) return [];
  const batch = batchOf(space, boxes, bounder.outputs);
  const found = await bounder.run(batch);
  return boxes.map((box, at) => ({ ...box, bound: unpack(space, box, batch, found, at) }));
}

function batchOf(space: Space, boxes: readonly Subproblem[], outputs: number): Batch {
  const { packing } = space;
  const { inputs, rows } = packing;
  const count = boxes.length;
  const batch = {
    count,
    lower: new Float32Array(count * inputs),
    upper: new Float32Array(count * inputs),
    outputs: new Float32Array(count * rows * outputs),
    inputs: new Float32Array(count * rows * inputs),
  };
  boxes.forEach(({ data, disjunct }, at) => {
    batch.lower.set(lowerOf(packing, data), at * inputs);
    batch.upper.set(upperOf(packing, data), at * inputs);
    const spec = space.disjuncts[disjunct]?.rows;
    if (spec === undefined) return;
    batch.outputs.set(spec.outputs, at * rows * outputs);
    batch.inputs.set(spec.inputs, at * rows * inputs);
  });
  return { ...batch, hidden: space.hidden.map((value) => hiddenBatch(packing, value, boxes)) };
}

function hiddenBatch(packing: Packing, value: HiddenValue, boxes: readonly Subproblem[]): HiddenBatch {
  const { offset, size } = value;
  const lower = new Float32Array(boxes.length * size);
  const upper = new Float32Array(boxes.length * size);
  const open = boxes.map(({ data }, at) => {
    const low = hiddenLowerOf(packing, data).subarray(offset, offset + size);
    const high = hiddenUpperOf(packing, data).subarray(offset, offset + size);
    lower.set(low, at * size);
    upper.set(high, at * size);
    return uncertain(value, low, high);
  });
  const most = Math.max(1, ...open.map((elements) => elements.length));
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

/** Writes what was found into the packed sub-problem. @returns the greatest bound of a row over its limit */
function unpack(
  { packing, hidden, disjuncts }: Space,
  { data, disjunct }: Subproblem,
  batch: Batch,
  found: Bounded,
  at: number,
): number {
  const { inputs, rows } = packing;
  const [low, high] = [hiddenLowerOf(packing, data), hiddenUpperOf(packing, data)];
  hidden.forEach(({ offset }, k) => {
    const indices = batch.hidden[k]?.indices;
    const refined = found.refined[k];
    if (indices === undefined || refined === undefined) return;
    const most = indices.length / batch.count;
    for (let i = at * most; i < (at + 1) * most; i++) {
      const element = offset + (indices[i] ?? 0);
      low[element] = Math.max(low[element] ?? 0, refined.lower[i] ?? -Infinity);
      high[element] = Math.min(high[element] ?? 0, refined.upper[i] ?? Infinity);
    }
  });
  coefficientsOf(packing, data).set(
    found.coefficients.subarray(at * rows * inputs, (at + 1) * rows * inputs),
  );
  constantsOf(packing, data).set(found.constant.subarray(at * rows, (at + 1) * rows));
  const spec = disjuncts[disjunct]?.rows;
  let best = -Infinity;
  for (let row = 0; row < (spec?.count ?? 0); row++)
    best = Math.max(best, (found.bound[at * rows + row] ?? -Infinity) - (spec?.bounds[row] ?? Infinity));
  return best;
}

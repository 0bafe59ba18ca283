// Points of open boxes that may be counterexamples: the middle, and the corner where the linear bounds are least.
import { tryPoint } from '../excess.js';
import type { BranchRequest } from '../types.js';
import type { Prepared } from './prepare.js';
import { coefficientsOf, lowerOf, type Subproblem, upperOf } from './subproblem.js';

/** @returns true where a point was confirmed to be a counterexample */
export async function probe(
  { space, evaluate, bounder }: Prepared,
  boxes: readonly Subproblem[],
  told: Pick<BranchRequest, 'tryPoints' | 'suggest'>,
): Promise<boolean> {
  if (boxes.length === 0) return false;
  const { packing, disjuncts } = space;
  const { inputs } = packing;
  const points = new Float32Array(2 * boxes.length * inputs);
  boxes.forEach((box, at) => {
    points.set(middleOf(space.packing, box), 2 * at * inputs);
    points.set(leastCorner(space.packing, box), (2 * at + 1) * inputs);
  });
  const outputs = await evaluate(points);
  for (let at = 0; at < 2 * boxes.length; at++) {
    const disjunct = disjuncts[boxes[at >> 1]?.disjunct ?? -1];
    const point = points.subarray(at * inputs, (at + 1) * inputs);
    const output = outputs.subarray(at * bounder.outputs, (at + 1) * bounder.outputs);
    if (disjunct !== undefined && (await tryPoint(told, disjunct, point, output))) return true;
  }
  return false;
}

type Packing = Prepared['space']['packing'];

function middleOf(packing: Packing, { data }: Subproblem): Float32Array {
  const upper = upperOf(packing, data);
  return lowerOf(packing, data).map((low, i) => Math.fround(low / 2 + (upper[i] ?? 0) / 2));
}

/** Where the sum of the rows' linear bounds is least. */
function leastCorner(packing: Packing, { data }: Subproblem): Float32Array {
  const coefficients = coefficientsOf(packing, data);
  const upper = upperOf(packing, data);
  return lowerOf(packing, data).map((low, i) => {
    let sum = 0;
    for (let at = i; at < coefficients.length; at += packing.inputs) sum += coefficients[at] ?? 0;
    return sum > 0 ? low : (upper[i] ?? low);
  });
}

// Disjuncts shown to be empty by interval bounds of the outputs: the cheapest proof, for all instances of a property at once.
import { float32 } from '../base/tensor.js';
import type { TypedModel } from '../graph/typed-model.js';
import type { Deployment } from '../ops/rounding.js';
import type { Disjunct, LinearConstraint, Terms } from '../policy/vnnlib/property.js';
import type { Runtime } from '../program/session.js';
import { boxAround, boxCache, type Float32Box } from './decide/boxes.js';
import type { Boxes } from './ibp.js';
import { boundOutputs } from './output-bounds.js';

export type DisjunctBoundOptions = { readonly arithmetic: Deployment; readonly memoryBytes: number };

/**
 * Per instance the least of its disjuncts' bounds: by so much every input of the box exceeds some constraint of each. Positive where all
 * are empty, -Infinity where nothing is known.
 * @throws Unbounded where the model has an operator without bound rule
 */
export async function boundDisjuncts(
  model: TypedModel,
  instances: readonly (readonly Disjunct[])[],
  options: DisjunctBoundOptions,
  runtime: Runtime,
): Promise<Float32Array> {
  const boxOf = boxCache(boxAround);
  const boxes = new Map<Float32Box, number>();
  for (const disjunct of instances.flat())
    if (!boxes.has(boxOf(disjunct))) boxes.set(boxOf(disjunct), boxes.size);
  if (boxes.size === 0) return new Float32Array(instances.length).fill(-Infinity);
  const outputs = await boundOutputs(
    model,
    stacked([...boxes.keys()], model),
    { ...options, method: 'ibp' },
    runtime,
  );
  return Float32Array.from(instances, (disjuncts) =>
    disjuncts.reduce((least, disjunct) => {
      const box = boxOf(disjunct);
      const excess = excessOf(disjunct, box, rowOf(outputs, boxes.get(box) ?? 0));
      return Math.min(least, excess);
    }, Infinity),
  );
}

type Sides = { readonly lower: ArrayLike<number>; readonly upper: ArrayLike<number> };

function stacked(boxes: readonly Float32Box[], { input }: TypedModel): Boxes {
  const shape = [boxes.length, ...input.shape.slice(1).map(Number)];
  const size = boxes[0]?.lower.length ?? 0;
  const side = (pick: (box: Float32Box) => Float32Array) => {
    const data = new Float32Array(boxes.length * size);
    boxes.forEach((box, at) => {
      data.set(pick(box), at * size);
    });
    return float32(data, shape);
  };
  return { lower: side(({ lower }) => lower), upper: side(({ upper }) => upper) };
}

function rowOf({ lower, upper }: Boxes, at: number): Sides {
  const size = lower.data.length / (lower.shape[0] ?? 1);
  const row = (data: Float32Array) => data.subarray(at * size, (at + 1) * size);
  return { lower: row(lower.data), upper: row(upper.data) };
}

/** The greatest excess of a constraint; Infinity would be a proof without a margin, and no constraint is none. */
const excessOf = ({ constraints }: Disjunct, box: Sides, outputs: Sides): number =>
  constraints.reduce((most, constraint) => Math.max(most, leastExcess(constraint, box, outputs)), -Infinity);

/** The least of inputs . x + outputs . y - bound; rounded down. */
function leastExcess({ inputs, outputs, bound }: LinearConstraint, box: Sides, results: Sides): number {
  const sum = { total: -bound, magnitude: Math.abs(bound), terms: 1 };
  addTerms(sum, inputs, box);
  addTerms(sum, outputs, results);
  // Products and sums in float64 each lose 2^-53 of what there is.
  const excess = sum.total - sum.magnitude * (2 * sum.terms + 2) * 2 ** -53;
  return Number.isFinite(excess) ? downward(excess) : -Infinity;
}

function addTerms(
  sum: { total: number; magnitude: number; terms: number },
  { indices, coefficients }: Terms,
  { lower, upper }: Sides,
) {
  indices.forEach((index, at) => {
    const coefficient = coefficients[at] ?? Number.NaN;
    const end = (coefficient > 0 ? lower[index] : upper[index]) ?? Number.NaN;
    sum.total += coefficient * end;
    sum.magnitude += Math.abs(coefficient * end);
    sum.terms += 1;
  });
}

/** As float32, without becoming positive. */
const downward = (value: number): number => (value > 0 ? value * (1 - 2 ** -23) : value);

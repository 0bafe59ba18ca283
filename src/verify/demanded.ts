// What is demanded of a classifier's scores, from bounds, and as what is forbidden.
import { roundDown } from '../base/float32-rounding.js';
import type { TypedModel } from '../graph/typed-model.js';
import type { Deployment } from '../ops/rounding.js';
import { type Demand, fromDifferences, targetsBut } from '../policy/demand.js';
import type { Disjunct } from '../policy/vnnlib/property.js';
import type { Runtime } from '../program/session.js';
import { type Boxes, boundMargins } from './ibp.js';
import { boundOutputs } from './output-bounds.js';
import { type Box, notLess, rivals } from './unsafe.js';

/** Of classes: high minus low. */
export type Pairs = readonly (readonly [high: number, low: number])[];

/** Lower bound of the demand's margin from lower bounds of differences of scores. */
export function marginOf(
  demand: Demand,
  pairs: Pairs,
  bounds: ArrayLike<number>,
  classes: number,
  own: number,
): number {
  const known = new Map(pairs.map(([high, low], at) => [high * classes + low, bounds[at] ?? -Infinity]));
  const margin = fromDifferences(
    demand,
    (high, low) => known.get(high * classes + low) ?? -Infinity,
    classes,
    own,
  );
  return Number.isNaN(margin) ? -Infinity : roundDown(margin);
}

/** As `boundMargins`, for any demand. Boxes are not empty. */
export async function boundDemand(
  model: TypedModel,
  boxes: Boxes,
  demand: Demand,
  owners: Int32Array,
  arithmetic: Deployment,
  runtime: Runtime,
): Promise<Float32Array> {
  if (demand.kind === 'wins' && demand.rank === 1)
    return boundMargins(model, boxes, owners, arithmetic, runtime);
  const options = { method: 'ibp', arithmetic, memoryBytes: 2 ** 28 } as const;
  const { lower, upper } = await boundOutputs(model, boxes, options, runtime);
  const classes = lower.data.length / (lower.shape[0] ?? 1);
  return Float32Array.from(owners, (own, instance) => {
    const from = instance * classes;
    const difference = (high: number, low: number) =>
      (lower.data[from + high] ?? -Infinity) - (upper.data[from + low] ?? Infinity);
    const margin = fromDifferences(demand, difference, classes, own);
    return Number.isNaN(margin) ? -Infinity : roundDown(margin);
  });
}

/** More would take longer than the rest of a policy. */
const mostDisjuncts = 400;

/** What is forbidden in a box; undefined where that takes too many disjuncts. */
export function forbidden(
  demand: Demand,
  box: Box,
  classes: number,
  own: number,
): readonly Disjunct[] | undefined {
  if (demand.kind === 'loses')
    return targetsBut(demand.targets, own).map((target) => winner(box, target, classes));
  if (demand.rank === 1) return rivals(box, own, classes);
  if (choose(classes - 1, demand.rank) > mostDisjuncts) return undefined;
  const all = Array.from({ length: classes }, (_, at) => at).filter((at) => at !== own);
  return subsets(all, demand.rank).map((ahead) => ({
    ...box,
    constraints: ahead.map((rival) => notLess(rival, own, false)),
  }));
}

/** The target has the greatest score, alone or among others. */
const winner = (box: Box, target: number, classes: number): Disjunct => ({
  ...box,
  constraints: Array.from({ length: classes }, (_, at) => at)
    .filter((at) => at !== target)
    .map((other) => notLess(target, other, false)),
});

function choose(n: number, k: number): number {
  let count = 1;
  for (let at = 1; at <= k; at++) count = (count * (n - k + at)) / at;
  return count;
}

function subsets(items: readonly number[], size: number): number[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, at) => subsets(items.slice(at + 1), size - 1).map((rest) => [item, ...rest]));
}

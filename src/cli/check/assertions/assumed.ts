// What an assumption leaves of the boxes that a property is about.
import { roundDown, roundUp } from '../../../base/float32-rounding.js';
import { float32 } from '../../../base/tensor.js';
import { type Fixed, NotLinear } from '../../../policy/expression/linear.js';
import { formulaOf } from '../../../policy/expression/normal.js';
import type { Condition } from '../../../policy/expression/syntax.js';
import type { InputSet } from '../../../policy/input-set.js';
import { disjunctsOf } from '../../../policy/vnnlib/boxes.js';
import { Comparisons, type Formula } from '../../../policy/vnnlib/formula.js';
import { sizeOf } from '../../../policy/vnnlib/normal-form.js';
import type { Disjunct } from '../../../policy/vnnlib/property.js';
import { boxOf } from '../../../verify/unsafe.js';
import { leastExcess } from '../../../verify/unsafe-bounds.js';

type Box = Pick<Disjunct, 'lower' | 'upper'>;

/** More are not decided while anybody waits. */
const [mostClauses, mostEntries] = [2 ** 14, 2 ** 22];

/** @throws NotLinear where there are too many disjuncts */
export function disjunctsWithin(formula: Formula, table: Comparisons, box: Box): Disjunct[] {
  const { clauses, entries } = sizeOf(formula);
  if (clauses > mostClauses || entries > mostEntries)
    throw new NotLinear(`it comes to ${clauses} cases, and ${mostClauses} are proved at most`);
  const never = (): never => {
    throw new NotLinear('it has too many cases for so many inputs');
  };
  const refuse = { unbounded: never, tooLarge: never };
  return disjunctsOf(formula, table, box.lower.length, refuse, box).disjuncts;
}

const noOutputs = { lower: [], upper: [] };

/** Boxes in which inputs satisfy the assumption, or may do so; that of the instance where it is not linear. */
function boxesOf(assume: Condition, fixed: Fixed, box: Box): readonly Box[] {
  try {
    const table = new Comparisons();
    const disjuncts = disjunctsWithin(formulaOf(assume, true, fixed, table), table, box);
    return disjuncts.filter((disjunct) => !(leastExcess(disjunct, noOutputs) > 0));
  } catch (error) {
    if (error instanceof NotLinear) return [box];
    throw error;
  }
}

/** The smallest float32 box around the float32 inputs of some boxes; undefined where there are none. */
function hullOf(boxes: readonly Box[]): { lower: Float32Array; upper: Float32Array } | undefined {
  let hull: { lower: Float32Array; upper: Float32Array } | undefined;
  for (const box of boxes) {
    const [lower, upper] = [Float32Array.from(box.lower, roundUp), Float32Array.from(box.upper, roundDown)];
    if (lower.some((least, at) => least > (upper[at] ?? Number.NaN))) continue;
    hull = {
      lower: hull?.lower.map((least, at) => Math.min(least, lower[at] ?? least)) ?? lower,
      upper: hull?.upper.map((most, at) => Math.max(most, upper[at] ?? most)) ?? upper,
    };
  }
  return hull;
}

export type Narrowed = {
  readonly set: InputSet;
  /** Instances of the given set that are left, in order. */
  readonly kept: readonly number[];
};

/** Instances without any input that satisfies the assumption are left out; what else is outside of it, the search has to know. */
export function narrowed(set: InputSet, assume: Condition, fixedOf: (instance: number) => Fixed): Narrowed {
  const hulls = Array.from({ length: set.lower.shape[0] ?? 0 }, (_, instance) =>
    hullOf(boxesOf(assume, fixedOf(instance), boxOf(set, instance))),
  );
  const kept = hulls.flatMap((hull, instance) => (hull === undefined ? [] : [instance]));
  const { size, shape } = set;
  const stacked = (side: 'lower' | 'upper') => {
    const data = new Float32Array(kept.length * size);
    for (const [place, instance] of kept.entries()) data.set(hulls[instance]?.[side] ?? [], place * size);
    return float32(data, [kept.length, ...shape]);
  };
  const seeds = Array.from(set.instanceOf.keys()).filter((seed) => kept.includes(set.instanceOf[seed] ?? -1));
  const moved = new Float32Array(seeds.length * size);
  for (const [place, seed] of seeds.entries()) {
    const hull = hulls[set.instanceOf[seed] ?? -1];
    for (let at = 0; at < size; at++) {
      const value = set.seeds.data[seed * size + at] ?? Number.NaN;
      moved[place * size + at] = Math.min(
        Math.max(value, hull?.lower[at] ?? value),
        hull?.upper[at] ?? value,
      );
    }
  }
  return {
    kept,
    set: {
      shape,
      size,
      lower: stacked('lower'),
      upper: stacked('upper'),
      seeds: float32(moved, [seeds.length, ...shape]),
      instanceOf: Int32Array.from(seeds, (seed) => kept.indexOf(set.instanceOf[seed] ?? -1)),
      rowOf: Int32Array.from(seeds, (seed) => set.rowOf[seed] ?? -1),
    },
  };
}

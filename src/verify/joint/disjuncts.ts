// Disjuncts over the inputs and outputs of several networks, as disjuncts over coordinates and the outputs of the joint model.
import { roundDown, roundUp } from '../../base/float32-rounding.js';
import type { Disjunct, LinearConstraint, Terms } from '../../policy/vnnlib/property.js';
import { type CoordinateBox, coordinateBox } from './boxes.js';
import type { Coordinates } from './coordinates.js';
import { type Constant, type Rewriting, rewritten } from './rewrite.js';

/** One for one, in their order: equal boxes still share their arrays. */
export function jointDisjuncts(
  disjuncts: readonly Disjunct[],
  coordinates: Coordinates,
  outputs: Int32Array,
): Disjunct[] {
  const boxOf = cached((disjunct: Disjunct) => {
    const box = coordinateBox(disjunct, coordinates);
    return { box, magnitudes: magnitudesOf(box) };
  });
  const implied = new Set(coordinates.moved.flatMap(({ constraints }) => constraints));
  return disjuncts.map((disjunct) => {
    const { box, magnitudes } = boxOf(disjunct);
    const { lower, upper } = box;
    const rewriting = { sources: coordinates.sources, outputs, magnitudes };
    const own = disjunct.constraints.filter((constraint) => !implied.has(constraint));
    const constraints = rewrittenAll(own, rewriting);
    if (box.isEmpty || constraints === undefined) return { lower, upper, constraints: [nothing(box)] };
    return { lower, upper, constraints: [...constraints, ...endRows(box, coordinates)] };
  });
}

/** undefined where one of them is never satisfied. */
function rewrittenAll(constraints: readonly LinearConstraint[], rewriting: Rewriting) {
  const all = constraints.map((constraint) => rewritten(constraint, rewriting));
  const is = (constant: Constant) => (each: LinearConstraint | Constant) => each === constant;
  return all.some(is('never')) ? undefined : all.filter((each) => typeof each !== 'string');
}

const magnitudesOf = ({ lower, upper }: CoordinateBox): Float64Array =>
  lower.map((low, at) => Math.max(Math.abs(roundDown(low)), Math.abs(roundUp(upper[at] ?? 0))));

const none: Terms = { indices: new Int32Array(0), coefficients: new Float64Array(0) };

const row = (indices: readonly number[], coefficient: 1 | -1, bound: number): LinearConstraint => ({
  inputs: { indices: Int32Array.from(indices), coefficients: Float64Array.from(indices, () => coefficient) },
  outputs: none,
  bound,
  strict: false,
});

/** Inputs that are a sum of coordinates lie within their own bounds, too. */
const endRows = ({ ends }: CoordinateBox, { moved }: Coordinates): LinearConstraint[] =>
  moved.flatMap(({ base, at }, place) => {
    const { low, high } = ends[place] ?? {};
    const places = base < at ? [base, at] : [at, base];
    return [
      ...(low === undefined ? [] : [row(places, -1, -low)]),
      ...(high === undefined ? [] : [row(places, 1, high)]),
    ];
  });

/** Below the whole box. */
const nothing = ({ lower }: CoordinateBox): LinearConstraint => {
  const [low = 0] = lower;
  return row([0], 1, roundDown(low) - 1 - Math.abs(low));
};

/** Made once for each pair of arrays. */
function cached<T>(make: (box: Disjunct) => T): (box: Disjunct) => T {
  const made = new Map<Float64Array, Map<Float64Array, T>>();
  return (box) => {
    const byUpper = made.get(box.lower) ?? new Map<Float64Array, T>();
    made.set(box.lower, byUpper);
    const known = byUpper.get(box.upper) ?? make(box);
    byUpper.set(box.upper, known);
    return known;
  };
}

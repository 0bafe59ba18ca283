// What a property of classes forbids, as the disjuncts that `decide` shows to be empty or finds a point of. A NaN satisfies none of
// them, but neither does it let a bound be positive, so that it is never proved away.
import type { Disjunct, LinearConstraint } from '../policy/vnnlib/property.js';
import type { Boxes } from './ibp.js';

export type Box = Pick<Disjunct, 'lower' | 'upper'>;

/** One of many boxes, in float64: the arrays that its disjuncts share. */
export function boxOf({ lower, upper }: Boxes, instance: number): Box {
  const size = lower.data.length / (lower.shape[0] ?? 1);
  const side = ({ data }: Boxes['lower']) =>
    Float64Array.from(data.subarray(instance * size, (instance + 1) * size));
  return { lower: side(lower), upper: side(upper) };
}

/** Class `target` does not win: y_j >= y_c for some j != c. A tie is none of its wins. */
export const rivals = (box: Box, target: number, classes: number): Disjunct[] =>
  others(target, classes).map((rival) => ({ ...box, constraints: [notLess(rival, target, false)] }));

/**
 * Two classifiers, whose outputs come one after the other, do not have the same first greatest: i of the first and j of the second, for
 * all i != j. Earlier ones are less, and later ones no more.
 */
export const disagreements = (box: Box, classes: number): Disjunct[] => {
  const [first, second] = [0, classes].map((from) =>
    Array.from({ length: classes }, (_, i) =>
      others(i, classes).map((k) => notLess(from + i, from + k, k < i)),
    ),
  );
  return Array.from({ length: classes }, (_, i) =>
    others(i, classes).map((j) => ({
      ...box,
      constraints: [...(first?.[i] ?? []), ...(second?.[j] ?? [])],
    })),
  ).flat();
};

/** Two outputs, one after the other, of which some element differs by more than `tolerance`. */
export const differences = (box: Box, outputs: number, tolerance: number): Disjunct[] =>
  Array.from({ length: outputs }, (_, at) =>
    [1, -1].map((sign) => ({
      ...box,
      constraints: [
        exceeds(
          [
            [at, sign],
            [outputs + at, -sign],
          ],
          tolerance,
        ),
      ],
    })),
  ).flat();

/** The sum of outputs, times what stands beside them, is greater than `limit`. Places ascend. */
export const exceeds = (
  terms: readonly (readonly [place: number, factor: number])[],
  limit: number,
): LinearConstraint => ({
  inputs: none,
  outputs: {
    indices: Int32Array.from(terms, ([place]) => place),
    coefficients: Float64Array.from(terms, ([, factor]) => -factor),
  },
  bound: -limit,
  strict: true,
});

const others = (one: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => at).filter((at) => at !== one);

/** y_a >= y_b, or y_a > y_b where strict. */
export const notLess = (a: number, b: number, strict: boolean): LinearConstraint => ({
  inputs: none,
  outputs: {
    indices: Int32Array.of(Math.min(a, b), Math.max(a, b)),
    coefficients: a < b ? Float64Array.of(-1, 1) : Float64Array.of(1, -1),
  },
  bound: 0,
  strict,
});

const none = { indices: new Int32Array(), coefficients: new Float64Array() };

// What every disjunct says of two inputs: that they are equal, or that their difference is bounded. Bounds of several networks are
// of use only where inputs that move together do so in the bounds, too.
import type { Disjunct, LinearConstraint } from '../../policy/vnnlib/property.js';

/** A value is at most this; less where strict. */
export type Limit = { readonly value: number; readonly strict: boolean };

/** x[moved] - x[base], of representatives: at most `most`, and its negative at most `opposite`. */
export type Difference = {
  readonly base: number;
  readonly moved: number;
  readonly most: Limit;
  readonly opposite: Limit;
  /** What the limits come from. */
  readonly constraints: readonly LinearConstraint[];
};

export type Ties = {
  /** By input: the least of those that are equal to it. */
  readonly representative: Int32Array;
  /** Each representative is on one side only: it is moved from at most one, which is not moved. */
  readonly differences: readonly Difference[];
};

export function tiesOf(disjuncts: readonly Disjunct[], inputs: number): Ties {
  const pairs = commonConstraints(disjuncts).flatMap((constraint) => pairOf(constraint) ?? []);
  const representative = equalInputs(pairs, inputs);
  const placed = pairs.map(
    (pair): Pair => ({
      ...pair,
      greater: representative[pair.greater] ?? 0,
      less: representative[pair.less] ?? 0,
    }),
  );
  const apart = placed.filter(({ greater, less }) => greater !== less);
  return { representative, differences: differencesOf(apart, disjuncts) };
}

/** x[greater] - x[less] <= limit. */
type Pair = {
  readonly greater: number;
  readonly less: number;
  readonly limit: Limit;
  readonly constraint: LinearConstraint;
};

function commonConstraints(disjuncts: readonly Disjunct[]): LinearConstraint[] {
  const [first, ...others] = disjuncts;
  const common = new Set(first?.constraints);
  for (const { constraints } of others) {
    if (common.size === 0) break;
    const own = new Set(constraints);
    for (const constraint of common) if (!own.has(constraint)) common.delete(constraint);
  }
  return [...common];
}

function pairOf(constraint: LinearConstraint): Pair | undefined {
  const { inputs, outputs, bound, strict } = constraint;
  const [first = 0, second = 0] = inputs.indices;
  const [a, b] = inputs.coefficients;
  if (outputs.indices.length > 0 || inputs.indices.length !== 2) return undefined;
  const limit = { value: bound, strict };
  if (a === 1 && b === -1) return { greater: first, less: second, limit, constraint };
  return a === -1 && b === 1 ? { greater: second, less: first, limit, constraint } : undefined;
}

const keyOf = (greater: number, less: number): string => `${greater},${less}`;

function equalInputs(pairs: readonly Pair[], inputs: number): Int32Array {
  const representative = Int32Array.from({ length: inputs }, (_, at) => at);
  const least = (input: number): number => {
    let at = input;
    for (let next = representative[at] ?? at; next !== at; next = representative[at] ?? at) at = next;
    return at;
  };
  // A tighter limit beside them does not undo that both hold: equality follows, and the limit stays a constraint.
  const isZero = ({ limit }: Pair) => limit.value === 0 && !limit.strict;
  const ordered = new Set(pairs.filter(isZero).map(({ greater, less }) => keyOf(greater, less)));
  for (const { greater, less } of pairs.filter(isZero)) {
    if (!ordered.has(keyOf(less, greater))) continue;
    const [a, b] = [least(greater), least(less)];
    representative[Math.max(a, b)] = Math.min(a, b);
  }
  return representative.map((_, at) => least(at));
}

/** In the order of the file: the earlier pair decides on which side an input is. */
function differencesOf(pairs: readonly Pair[], disjuncts: readonly Disjunct[]): Difference[] {
  const groups = new Map<string, Pair[]>();
  for (const pair of pairs) {
    const key = keyOf(pair.greater, pair.less);
    groups.set(key, [...(groups.get(key) ?? []), pair]);
  }
  const sides = new Map<number, 'base' | 'moved'>();
  const found: Difference[] = [];
  for (const { greater, less } of pairs) {
    const [base, moved] = [Math.min(greater, less), Math.max(greater, less)];
    if (sides.get(base) === 'moved' || sides.has(moved)) continue;
    const up = groups.get(keyOf(moved, base)) ?? [];
    const down = groups.get(keyOf(base, moved)) ?? [];
    const [most, opposite] = [tightest(up), tightest(down)];
    // Nothing satisfies both: that shows in the constraints.
    if (most.value < -opposite.value) continue;
    if (!disjuncts.some((box) => tightens(box, { base, moved, most, opposite }))) continue;
    sides.set(base, 'base').set(moved, 'moved');
    const constraints = [...up, ...down].map(({ constraint }) => constraint);
    found.push({ base, moved, most, opposite, constraints });
  }
  return found;
}

const tightest = (pairs: readonly Pair[]): Limit =>
  pairs.reduce<Limit>(
    (best, { limit }) =>
      limit.value < best.value || (limit.value === best.value && limit.strict) ? limit : best,
    { value: Infinity, strict: false },
  );

/** Whether the limits say more than the bounds of both inputs do. */
const tightens = (
  { lower, upper }: Disjunct,
  { base, moved, most, opposite }: Omit<Difference, 'constraints'>,
): boolean =>
  most.value < (upper[moved] ?? 0) - (lower[base] ?? 0) ||
  opposite.value < (upper[base] ?? 0) - (lower[moved] ?? 0);

// Evidence that reports have of some instances only, so that they stay small: which those are follows from the instances alone, so that
// the parts of a run can be joined.
import type { InstanceReport } from './report.js';

/** Of a property, with bounds of outputs. */
export const mostBounded = 12;
/** Of a model, with bounds. */
export const mostOutputs = 10;
/** Of a property, with search trees. */
export const mostTrees = 8;

type Judged = Pick<InstanceReport, 'verdict'>;

/** Trees of those only that have the most leaves. */
export function hardestShown(instances: readonly InstanceReport[]): InstanceReport[] {
  const leaves = ({ searchTree }: InstanceReport) => searchTree?.leaves ?? 0;
  const kept = firstOf(instances, (a, b) => leaves(b) - leaves(a), mostTrees);
  return instances.map((instance, at) => {
    const { searchTree, ...rest } = instance;
    return searchTree === undefined || kept.has(at) ? instance : rest;
  });
}

/** Bounds of those only that are closest to being violated. */
export function closestShown(instances: readonly InstanceReport[]): InstanceReport[] {
  const kept = closestOf(instances);
  return instances.map((instance, at) => {
    const { outputBounds, ...rest } = instance;
    return outputBounds === undefined || kept.has(at) ? instance : rest;
  });
}

/** Places of the undecided ones, then those of the least proved margins, then those that are violated. */
export const closestOf = (instances: readonly Judged[]): ReadonlySet<number> =>
  firstOf(instances, (a, b) => rankOf(a) - rankOf(b) || compare(marginOf(a), marginOf(b)), mostBounded);

/** Places of those whose findings are kept: of violations first those that nobody has accepted, and the worst of them. */
export const worstOf = (instances: readonly InstanceReport[], most: number): ReadonlySet<number> => {
  const violated = [...instances.keys()].filter((at) => instances[at]?.verdict.kind === 'violated');
  const kept = firstOf(
    violated.flatMap((at) => instances[at] ?? []),
    (a, b) => acceptedLast(a) - acceptedLast(b) || compare(depthOf(a), depthOf(b)),
    most,
  );
  return new Set([...kept].flatMap((place) => violated[place] ?? []));
};

/** Without the findings of all others. @param most undefined: all have theirs */
export function worstShown(
  instances: readonly InstanceReport[],
  most: number | undefined,
): readonly InstanceReport[] {
  if (most === undefined) return instances;
  const kept = worstOf(instances, most);
  return instances.map((one, at) => {
    if (one.verdict.kind !== 'violated' || kept.has(at)) return one;
    return { ...one, verdict: { ...one.verdict, witness: { ...one.verdict.witness, finding: null } } };
  });
}

const acceptedLast = ({ accepted }: InstanceReport): number => (accepted === undefined ? 0 : 1);

/** No number is worse than one. */
const depthOf = ({ verdict }: Judged): number =>
  verdict.kind === 'violated' ? (verdict.witness.margin ?? -Infinity) : 0;

const rankOf = ({ verdict: { kind } }: Judged): number =>
  ({ unknown: 0, tested: 1, proved: 2, violated: 3 })[kind];

/** Of proofs without a margin nothing says that they are close. */
const marginOf = ({ verdict }: Judged): number =>
  verdict.kind === 'proved' ? (verdict.margin ?? Number.MAX_VALUE) : 0;

const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);

/** Places of the first in that order; equal ones in theirs. */
function firstOf<I>(
  instances: readonly I[],
  order: (a: I, b: I) => number,
  most: number,
): ReadonlySet<number> {
  const places = instances.map((instance, at) => ({ instance, at }));
  const sorted = places.sort((a, b) => order(a.instance, b.instance));
  return new Set(sorted.slice(0, most).map(({ at }) => at));
}

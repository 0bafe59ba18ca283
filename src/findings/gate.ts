// From verdicts to pass or fail. Everything that is not known to be good enough fails: fail-safe defaults.
import { countedKinds } from './kinds.js';
import type { CoverageFloor, InstanceReport, PropertyReport, RunReport } from './report.js';
import type { VerdictKind } from './verdict.js';

/** Verdicts that satisfy an expectation. */
const satisfying: Readonly<Record<PropertyReport['expect'], readonly VerdictKind[]>> = {
  proved: ['proved'],
  tested: ['proved', 'tested'],
};

type Demands = Pick<PropertyReport, 'expect' | 'unknownPasses'>;

/** Kinds of verdict with which an instance passes. */
export const goodKinds = ({ expect, unknownPasses }: Demands): readonly VerdictKind[] =>
  unknownPasses ? [...satisfying[expect], 'unknown'] : satisfying[expect];

/** Violations that the baseline accepts count neither for nor against a property. */
export const isCounted = ({ accepted }: InstanceReport): boolean => accepted === undefined;

/** Whether the instance falls short of what its property demands, and nobody has accepted that. */
export const fallsShort = (property: Demands, instance: InstanceReport): boolean =>
  isCounted(instance) &&
  (instance.discounted === true || !goodKinds(property).includes(instance.verdict.kind));

/** Never where fuzzing did not run, or the criterion has no total. */
export const isReached = ({ reached, required }: CoverageFloor): boolean =>
  reached !== null && reached >= required;

/** How many instances have each verdict. */
export function tally(instances: readonly InstanceReport[]): Record<VerdictKind, number> {
  const counts: Record<VerdictKind, number> = { proved: 0, violated: 0, tested: 0, unknown: 0 };
  for (const { verdict } of instances) counts[verdict.kind]++;
  return counts;
}

/** The property with its share and status, which follow from its instances and floors. */
export function judged<P extends Omit<PropertyReport, 'status' | 'timing'>>(
  property: P,
): P & Pick<PropertyReport, 'status' | 'share'> {
  const shared = property.instances.filter(({ required }) => required === undefined);
  const counted = shared.filter(isCounted);
  const good = counted.filter((instance) => !fallsShort(property, instance)).length;
  // Anything holds of no instances: none at all fails, and all accepted passes.
  const reached = counted.length > 0 ? shareOf(property, good, counted.length) : shared.length > 0 ? 1 : 0;
  const share = { reached, required: property.share.required };
  const isWhole = property.instances.every(
    (instance) => instance.required === undefined || !fallsShort(property, instance),
  );
  const passes =
    shared.length > 0 &&
    reached >= share.required &&
    isWhole &&
    !isCountedInPart(property) &&
    property.coverageFloors.every(isReached);
  return { ...property, share, status: passes ? 'passed' : 'failed' };
}

/** A count that Ctrl-C has ended is none, whatever share it had reached. */
const isCountedInPart = ({ kind, instances }: Pick<PropertyReport, 'kind' | 'instances'>): boolean =>
  countedKinds.has(kind) &&
  instances.some(({ verdict }) => verdict.kind === 'unknown' && verdict.reason === 'interrupted');

/** What is lost is what a regression's policy limits, and its share is 1 minus that limit: computed alike, since 1 - 7 / 10 is more than 3 / 10. */
const shareOf = ({ kind }: Pick<PropertyReport, 'kind'>, good: number, all: number): number =>
  kind === 'regression' ? 1 - (all - good) / all : good / all;

/** Whether the property keeps the gate from passing: warnings are reported, and no more. */
export const failsGate = ({ status, severity }: Pick<PropertyReport, 'status' | 'severity'>): boolean =>
  status === 'failed' && severity === 'error';

/** An interrupted run says nothing about what it did not reach, so it is never a pass. */
export function gateOf({
  properties,
  interrupted,
  baseline,
}: Pick<RunReport, 'properties' | 'interrupted' | 'baseline'>): RunReport['gate'] {
  const isStale = baseline?.strict === true && baseline.stale.length > 0;
  return interrupted || isStale || properties.some(failsGate) ? 'failed' : 'passed';
}

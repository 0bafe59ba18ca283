// What ten runs of a method brought, next to the same mutators without feedback: as numbers, and in words that follow from them.
import { mannWhitney } from '../../statistics/mann-whitney.js';
import { median } from '../../statistics/quantile.js';
import { type Magnitude, magnitudeOf, varghaDelaney } from '../../statistics/vargha-delaney.js';
import { firstFinding, type Run, uniqueFailures } from '../methods/method.js';

export type Summary = {
  readonly method: string;
  readonly runs: number;
  /** Runs with a confirmed finding. */
  readonly succeeded: number;
  /** Executions to the first finding, per run; null where there was none. */
  readonly executions: readonly (number | null)[];
  /** Failures that differ in instance or kind, per run. */
  readonly unique: readonly number[];
  /** Of all runs together. */
  readonly kinds: number;
  /** Share of the findings that the property speaks of; undefined where nothing was found. */
  readonly validity: number | undefined;
  /** Share whose label an independent judge confirms; undefined where labels have no meaning. */
  readonly labels: number | undefined;
};

export function summarise(method: string, runs: readonly Run[]): Summary {
  const found = runs.flatMap((run) => run.found);
  const labelled = found.filter(({ keepsLabel }) => keepsLabel !== undefined);
  const shareOf = <T>(all: readonly T[], test: (one: T) => boolean) =>
    all.length === 0 ? undefined : all.filter(test).length / all.length;
  return {
    method,
    runs: runs.length,
    succeeded: runs.filter((run) => run.found.length > 0).length,
    executions: runs.map((run) => firstFinding(run) ?? null),
    unique: runs.map(uniqueFailures),
    kinds: new Set(found.map(({ instance, cluster }) => `${instance}/${cluster}`)).size,
    validity: shareOf(found, ({ isValid }) => isValid),
    labels: shareOf(labelled, ({ keepsLabel }) => keepsLabel === true),
  };
}

/** A run that found nothing took longer than any other. */
export const untilFound = ({ executions }: Summary): number[] => executions.map((value) => value ?? Infinity);

export type Comparison = {
  /** Two-sided, that executions to the first finding are of one distribution. */
  readonly p: number;
  /** Probability that a run of the method is sooner than one of the baseline, equal ones counting half. */
  readonly sooner: number;
  readonly magnitude: Magnitude;
  /** The same for unique failures. */
  readonly moreP: number;
  readonly more: number;
};

export function compare(method: Summary, baseline: Summary): Comparison {
  const sooner = varghaDelaney(untilFound(baseline), untilFound(method));
  return {
    p: mannWhitney(untilFound(method), untilFound(baseline)).p,
    sooner,
    magnitude: magnitudeOf(sooner),
    moreP: mannWhitney(method.unique, baseline.unique).p,
    more: varghaDelaney(method.unique, baseline.unique),
  };
}

/** Below this a difference counts; several methods are tested on several targets, so that some pass by chance. */
const significance = 0.01;

/**
 * What a comparison says, in words. A method helps where it is sooner or finds more, and is not worse in the other.
 * @param what such as `coverage`
 */
export function verdictOf(what: string, method: Summary, baseline: Summary): string {
  const { p, sooner, moreP, more } = compare(method, baseline);
  const gains = [
    ...(p < significance && sooner > 0.5 ? ['sooner'] : []),
    ...(moreP < significance && more > 0.5 ? ['more failures'] : []),
  ];
  const losses = [
    ...(p < significance && sooner < 0.5 ? ['later'] : []),
    ...(moreP < significance && more < 0.5 ? ['fewer failures'] : []),
  ];
  const numbers = `first finding ${median(untilFound(method))} against ${median(untilFound(baseline))} executions, failures ${median(method.unique)} against ${median(baseline.unique)}`;
  if (gains.length === 0 && losses.length === 0)
    return `${what} makes no difference that ten runs show: ${numbers}`;
  if (losses.length === 0) return `${what} helps (${gains.join(', ')}): ${numbers}`;
  if (gains.length === 0) return `${what} does not help, it hurts (${losses.join(', ')}): ${numbers}`;
  return `${what} helps in one (${gains.join(', ')}) and hurts in the other (${losses.join(', ')}): ${numbers}`;
}

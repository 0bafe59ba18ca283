// What the property kinds of two inputs mean for one pair, in plain arithmetic on the outputs that were observed.
import type { Direction, Statement } from '../findings/statement.js';
import { argMax, greatestDifference, type Judgement, marginOf, numberOrNull } from './judge.js';
import { isPair } from './pairs.js';

type Outputs = ArrayLike<number>;

/**
 * Monotonic: with greater features the output is no less than before, but for the slack; no greater where it is decreasing. NaN
 * violates it.
 */
export function judgeMonotonic(
  first: Outputs,
  second: Outputs,
  {
    output,
    direction,
    slack,
  }: { readonly output: number; readonly direction: Direction; readonly slack: number },
): Judgement {
  const [before, after] = [first[output] ?? Number.NaN, second[output] ?? Number.NaN];
  const margin = (direction === 'increasing' ? after - before : before - after) + slack;
  const words = after < before ? 'falls' : after > before ? 'rises' : 'goes';
  return {
    violated: !(margin >= 0),
    margin: numberOrNull(margin),
    summary: `output ${output} ${words} from ${before} to ${after} although it is ${direction}`,
  };
}

/** Fairness of decisions: the same class, the first of the greatest outputs. NaN violates it. */
export function judgeSameClass(first: Outputs, second: Outputs): Judgement {
  const [a, b] = [argMax(first), argMax(second)];
  const said = (label: number) => (label < 0 ? 'not a number' : `class ${label}`);
  return {
    violated: a !== b || a < 0,
    margin: a < 0 ? null : numberOrNull(marginOf(second, a)),
    summary: `${said(a)} becomes ${said(b)}`,
  };
}

/** Fairness of scores: no output differs by more than the tolerance. NaN violates it. */
export function judgeSameScores(first: Outputs, second: Outputs, tolerance: number): Judgement {
  const { at, difference } = greatestDifference(first, second);
  return {
    violated: !(difference <= tolerance),
    margin: numberOrNull(tolerance - difference),
    summary: `output ${at} changes from ${first[at] ?? Number.NaN} to ${second[at] ?? Number.NaN}, tolerance ${tolerance}`,
  };
}

/** Greatest difference of any element. */
export function linfDistanceOf(first: Outputs, second: Outputs): number {
  return greatestDifference(first, second).difference;
}

/** Lipschitz: |f(x) - f(x')|_inf <= constant |x - x'|_inf + slack. NaN violates it. */
export function judgeLipschitz(
  inputs: readonly [Outputs, Outputs],
  outputs: readonly [Outputs, Outputs],
  { constant, slack }: { readonly constant: number; readonly slack: number },
): Judgement {
  const distance = linfDistanceOf(...inputs);
  const { at, difference } = greatestDifference(...outputs);
  const margin = constant * distance + slack - difference;
  const quotient = (difference - slack) / distance;
  return {
    violated: !(margin >= 0),
    margin: numberOrNull(margin),
    summary: `output ${at} changes by ${difference} over ${distance} (linf): ${quotient.toPrecision(6)} times as much beyond the slack, where at most ${constant} is allowed`,
  };
}

export type PairKind = 'monotonic' | 'fairness' | 'lipschitz';

/** By the kind's own meaning; undefined where the statement lacks what the kind needs. Inputs that are no pair violate nothing. */
export function judgePair(
  kind: PairKind,
  statement: Statement,
  inputs: readonly [Float32Array, Float32Array],
  outputs: readonly [Outputs, Outputs],
): Judgement | undefined {
  const { differences, output, direction, slack, constant, tolerance } = statement;
  if (differences === undefined) return undefined;
  if (!isPair({ size: inputs[0].length, differences }, ...inputs))
    return { violated: false, margin: null, summary: 'the two inputs differ in what they may not differ in' };
  if (kind === 'fairness')
    return tolerance === undefined ? judgeSameClass(...outputs) : judgeSameScores(...outputs, tolerance);
  if (slack === undefined) return undefined;
  if (kind === 'lipschitz')
    return constant === undefined ? undefined : judgeLipschitz(inputs, outputs, { constant, slack });
  if (output === undefined || direction === undefined) return undefined;
  return judgeMonotonic(...outputs, { output, direction, slack });
}

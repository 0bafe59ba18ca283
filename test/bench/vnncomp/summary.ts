// What a list of instances came to.
import { median } from '../statistics/quantile.js';
import type { Measured } from './run.js';

/**
 * Against the expectation where there is one: a proof of what is disputed is nobody's error; a counterexample that does not
 * replay always is, and so is a proof that a point refutes.
 */
export const isWrong = ({ verdict, replays, refutation, instance: { expected } }: Measured): boolean =>
  replays === false ||
  refutation?.refuted === true ||
  (verdict === 'unsat' && expected === 'sat') ||
  (verdict === 'sat' && expected === 'unsat');

const isSolved = ({ verdict }: Measured): boolean => verdict === 'sat' || verdict === 'unsat';

export type Summary = {
  readonly instances: number;
  readonly solved: number;
  readonly wrong: number;
  readonly unknown: number;
  readonly errors: number;
  readonly foundSat: number;
  readonly expectedSat: number;
  /** Proofs whose certificate was accepted, and what checking took of all of them. */
  readonly checked: number;
  readonly proved: number;
  readonly checkingSeconds: number;
  /** Proofs against which points were tried, and the least number of points. */
  readonly doubted: number;
  readonly leastPoints: number;
  readonly totalSeconds: number;
  readonly medianSeconds: number;
};

export function summaryOf(all: readonly Measured[]): Summary {
  const count = (test: (each: Measured) => boolean) => all.filter(test).length;
  const times = all.map(({ seconds }) => seconds);
  const tried = all.flatMap(({ refutation }) =>
    refutation && refutation.points > 0 ? [refutation.points] : [],
  );
  return {
    instances: all.length,
    solved: count(isSolved),
    wrong: count(isWrong),
    unknown: count(({ verdict }) => verdict === 'unknown' || verdict === 'timeout'),
    errors: count(({ verdict }) => verdict === 'error'),
    foundSat: count(({ verdict, instance }) => verdict === 'sat' && instance.expected === 'sat'),
    expectedSat: count(({ instance }) => instance.expected === 'sat'),
    checked: count(({ result }) => result?.checked === true),
    proved: count(({ verdict }) => verdict === 'unsat'),
    checkingSeconds: all.reduce((sum, { result }) => sum + (result?.timing.checkingMs ?? 0), 0) / 1000,
    doubted: tried.length,
    leastPoints: tried.length === 0 ? 0 : Math.min(...tried),
    totalSeconds: times.reduce((sum, seconds) => sum + seconds, 0),
    medianSeconds: times.length === 0 ? 0 : median(times),
  };
}

const columns = [
  ['verdict', 8],
  ['expected', 9],
  ['seconds', 9],
  ['sub-problems', 13],
] as const;

export const titleLine = `${columns.map(([title, width]) => title.padStart(width)).join(' ')}  instance`;

export function instanceLine(measured: Measured): string {
  const { verdict, instance, seconds, result, complaint, replays, refutation } = measured;
  const cells = [verdict, instance.expected, seconds.toFixed(2), `${result?.subproblems ?? '-'}`];
  const shown = cells.map((cell, at) => cell.padStart(columns[at]?.[1] ?? 0)).join(' ');
  const why = replays === false ? ': it does not replay' : refutation?.refuted ? ': a point refutes it' : '';
  const wrong = isWrong(measured) ? `  WRONG${why}` : '';
  const said = verdict === 'error' ? `\n    ${complaint.split('\n')[0]}` : '';
  return `${shown}  ${instance.onnx} ${instance.vnnlib}${wrong}${said}`;
}

export function summaryText(summary: Summary): string {
  const { instances, solved, wrong, unknown, errors, foundSat, expectedSat, totalSeconds, medianSeconds } =
    summary;
  const { doubted, leastPoints, checked, proved, checkingSeconds } = summary;
  return [
    `${solved} of ${instances} solved, ${wrong} wrong, ${unknown} unknown, ${errors} errors; ${foundSat} of ${expectedSat} expected sat found`,
    `${totalSeconds.toFixed(1)} s in all, ${medianSeconds.toFixed(2)} s in the median, each with its whole process but for checking its proof`,
    ...(checkingSeconds > 0
      ? [`${checked} of ${proved} proofs checked, in ${checkingSeconds.toFixed(1)} s`]
      : []),
    ...(doubted > 0 ? [`${doubted} proofs tried with ${leastPoints} points each, at least`] : []),
  ].join('\n');
}

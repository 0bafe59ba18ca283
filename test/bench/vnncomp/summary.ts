// What a list of instances came to.
import { median } from '../statistics/quantile.js';
import type { Measured } from './run.js';

/**
 * Against the expectation where there is one: a proof of what is disputed is nobody's error; a counterexample that does not
 * replay always is.
 */
export const isWrong = ({ verdict, replays, instance: { expected } }: Measured): boolean =>
  replays === false ||
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
  readonly totalSeconds: number;
  readonly medianSeconds: number;
};

export function summaryOf(all: readonly Measured[]): Summary {
  const count = (test: (each: Measured) => boolean) => all.filter(test).length;
  const times = all.map(({ seconds }) => seconds);
  return {
    instances: all.length,
    solved: count(isSolved),
    wrong: count(isWrong),
    unknown: count(({ verdict }) => verdict === 'unknown' || verdict === 'timeout'),
    errors: count(({ verdict }) => verdict === 'error'),
    foundSat: count(({ verdict, instance }) => verdict === 'sat' && instance.expected === 'sat'),
    expectedSat: count(({ instance }) => instance.expected === 'sat'),
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
  const { verdict, instance, seconds, result, complaint, replays } = measured;
  const cells = [verdict, instance.expected, seconds.toFixed(2), `${result?.subproblems ?? '-'}`];
  const shown = cells.map((cell, at) => cell.padStart(columns[at]?.[1] ?? 0)).join(' ');
  const wrong = isWrong(measured) ? `  WRONG${replays === false ? ': it does not replay' : ''}` : '';
  const said = verdict === 'error' ? `\n    ${complaint.split('\n')[0]}` : '';
  return `${shown}  ${instance.onnx} ${instance.vnnlib}${wrong}${said}`;
}

export function summaryText(summary: Summary): string {
  const { instances, solved, wrong, unknown, errors, foundSat, expectedSat, totalSeconds, medianSeconds } =
    summary;
  return [
    `${solved} of ${instances} solved, ${wrong} wrong, ${unknown} unknown, ${errors} errors; ${foundSat} of ${expectedSat} expected sat found`,
    `${totalSeconds.toFixed(1)} s in all, ${medianSeconds.toFixed(2)} s in the median, each with its whole process`,
  ].join('\n');
}

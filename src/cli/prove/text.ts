// What `marauder prove` found, for people.
import type { Style } from '../../report/style.js';
import { summaryRow } from '../../report/summary-text.js';
import { approximately, count, duration, oneLine, plural } from '../../report/words.js';
import type { UnknownReason } from '../../verify/decide.js';
import { leastMargin } from '../../verify/least-margin.js';
import type { ProveOptions } from '../options.js';
import { version } from '../version.js';
import type { ProveResult } from './result.js';

export function proveHeader({ model, networks, property, seed }: ProveOptions, style: Style): string {
  const files = model === undefined ? networks.map(({ name, file }) => `${name}=${file}`) : [model];
  const words = [style.strong(`marauder ${version}`), ...[...files, property].map(oneLine)];
  return `${[...words, style.faint(`seed ${seed}`)].join('  ')}\n\n`;
}

export function proveText(result: ProveResult, { explainStrategy }: ProveOptions, style: Style): string {
  const line = (label: string, value: string) => summaryRow(label, value, style);
  const { counterexample, subproblems, executions, strategy } = result;
  return `${[
    ...verdictLines(result, style),
    '',
    ...(counterexample === null ? [] : [line('Input', inputWords(result, counterexample.folder))]),
    line('Property', propertyWords(result)),
    ...(result.verdict === 'violated' ? [] : [line('Bounds', arithmeticWords(result, style))]),
    ...(result.verdict === 'proved' ? [line('Checked', checkedWords(result, style))] : []),
    line('Time', timeWords(result)),
    line('Work', `${plural(executions, 'execution')} by the attack, ${plural(subproblems, 'sub-problem')}`),
    ...(explainStrategy ? strategy.map((text, at) => line(at === 0 ? 'Strategy' : '', oneLine(text))) : []),
  ].join('\n')}\n`;
}

function inputWords({ networks }: ProveResult, folder: string): string {
  const [first, ...others] = networks.map(
    ({ name }) => `${networks.length === 1 ? '' : `${name}-`}input.npy`,
  );
  return `${folder}/${first}, ${[...others, 'counterexample.txt'].join(' and ')} beside it`;
}

export function verdictLines(
  {
    verdict,
    margin,
    reason,
    detail,
    counterexample,
    networks,
  }: Pick<ProveResult, 'verdict' | 'margin' | 'reason' | 'detail' | 'counterexample' | 'networks'>,
  style: Style,
): string[] {
  switch (verdict) {
    case 'proved':
      return [`${style.good('✓ proved')}  no input violates the property${missedBy(margin)}`];
    case 'violated':
      return [
        `${style.bad('✗ violated')}  an input satisfies disjunct ${count(counterexample?.disjunct ?? 0)}${margin === null ? '' : ` with ${approximately(margin)} to spare`}, found by ${counterexample?.foundBy === 'attack' ? 'the attack' : 'branching'}, replayed on the ${networks.length === 1 ? 'file' : 'files'} at batch size 1`,
      ];
    case 'unknown':
      return [
        `${style.warn('? unknown')}  ${reasonWords[reason ?? 'loose-bounds']}${detail === null ? '' : `: ${oneLine(detail)}`}`,
        `  best bound so far ${margin === null ? 'none' : approximately(margin)}, positive would be a proof`,
      ];
  }
}

/** Of what clipping proved, all that is known is that the margin is positive. */
function missedBy(margin: number | null): string {
  if (margin === null) return '';
  return margin === leastMargin
    ? ': each misses it, by how much is not known'
    : `: each misses it by at least ${approximately(margin)}`;
}

const reasonWords: Readonly<Record<UnknownReason, string>> = {
  timeout: 'the time is over',
  interrupted: 'interrupted',
  memory: 'the memory that it may take is full',
  exhausted: 'everything is split, and bounds are still too loose',
  unsupported: 'it cannot be bounded, only attacked',
  'loose-bounds': 'bounds of the whole box are too loose, and no counterexample was found',
};

function propertyWords({
  disjuncts: { total, emptyInFile, proved, open, leastMarginSeen },
}: ProveResult): string {
  const empty = emptyInFile > 0 ? `, ${count(emptyInFile)} more with an empty box` : '';
  const left = open > 0 ? `: ${count(proved)} proved, ${count(open)} open` : '';
  const seen =
    open > 0 && leastMarginSeen !== null ? `, the nearest missed by ${approximately(leastMarginSeen)}` : '';
  return `${plural(total, 'disjunct')}${empty}${left}${seen}`;
}

const arithmeticWords = ({ arithmetic }: ProveResult, style: Style): string =>
  arithmetic === 'deployed' ? 'for the deployed float32 network' : style.warn('in real arithmetic only');

const checkedWords = ({ checked, unchecked, certificate }: ProveResult, style: Style): string => {
  const file = certificate === null ? '' : `, ${certificate.file} (${count(certificate.bytes)} bytes)`;
  return checked
    ? `by the independent checker${oneLine(file)}`
    : style.warn(`no: ${oneLine(unchecked ?? 'nothing was checked')}`) + oneLine(file);
};

function timeWords({ timing }: ProveResult): string {
  const { totalMs, openingMs, attackMs, boundsMs, branchingMs, checkingMs, workers } = timing;
  const parts: [string, number][] = [
    ['opening', openingMs],
    ['attack', attackMs],
    ['bounds', boundsMs],
    ['branching', branchingMs],
    ['checking', checkingMs],
  ];
  const shown = parts.filter(([, ms]) => ms > 0).map(([name, ms]) => `${name} ${duration(ms)}`);
  return `${duration(totalMs)} (${shown.join(', ')}) on ${plural(workers, 'worker')} at most`;
}

// One property as text: a line with its verdict, and below it what a reader needs to act on it.
import type { FuzzingSummary, InstanceReport, PropertyReport } from '../findings/report.js';
import type { FoundBy, UnknownReason, Verdict, VerdictKind, Witness } from '../findings/verdict.js';
import type { Style } from './style.js';
import { approximately, count, duration, oneLine, percent, plural, shareWords, shellWord } from './words.js';

/** Witnesses and unknown instances shown per property; the JSON report has them all. */
const shown = 3;

const reasons: Readonly<Record<UnknownReason, string>> = {
  timeout: 'the time budget ended first',
  interrupted: 'interrupted',
  'unsupported-operator': 'an operator cannot be bounded or batched',
  'loose-bounds': 'the bounds do not decide it',
  'no-executions': 'the budget of executions ended before its turn',
};

/** @param nameWidth columns for the name, so that verdicts stand below each other */
export function propertyText(property: PropertyReport, style: Style, nameWidth = 0): string {
  const mark = property.status === 'passed' ? style.good('✓') : style.bad('✗');
  const name = style.strong(oneLine(property.name).padEnd(nameWidth));
  const time = style.faint(duration(property.timing.totalMs));
  return [`${mark} ${name}  ${headline(property, style)}  ${time}`, ...details(property, style)].join('\n');
}

/** Columns that the longest name takes. */
export const nameWidthOf = (properties: readonly { readonly name: string }[]): number =>
  Math.max(0, ...properties.map(({ name }) => oneLine(name).length));

function headline(property: PropertyReport, style: Style): string {
  const [only, ...others] = property.instances;
  if (only === undefined) return style.warn('no inputs to check');
  if (others.length === 0) return single(only.verdict, property, style);
  const { proved, tested } = property.verdicts;
  const [kind, good] =
    property.expect === 'proved' ? ['proved', proved] : [enough(property), proved + tested];
  const reached = `${kind} ${count(good)} of ${count(property.instances.length)} (${shareWords(property.share)})`;
  const paint = property.status === 'passed' ? style.good : style.bad;
  return [paint(reached), ...otherCounts(property, style)].join(style.faint(' · '));
}

/** What `expect: tested` was met with; a proof is better than a test. */
function enough({ verdicts: { proved, tested } }: PropertyReport): string {
  if (proved === 0) return 'tested';
  return tested === 0 ? 'proved' : 'proved or tested';
}

/** Counts of the verdicts that the headline's number does not already say. */
function otherCounts({ expect, verdicts }: PropertyReport, style: Style): string[] {
  const split = expect === 'tested' && verdicts.proved > 0 && verdicts.tested > 0;
  const kinds: [VerdictKind, (text: string) => string, boolean][] = [
    ['proved', style.good, split],
    ['tested', style.faint, expect === 'proved' || split],
    ['violated', style.bad, true],
    ['unknown', style.warn, true],
  ];
  return kinds
    .filter(([kind, , wanted]) => wanted && verdicts[kind] > 0)
    .map(([kind, paint]) => paint(`${count(verdicts[kind])} ${kind}`));
}

function single(verdict: Verdict, { status, expect }: PropertyReport, style: Style): string {
  const needs = status === 'failed' ? ` (expected ${expect})` : '';
  switch (verdict.kind) {
    case 'proved':
      return style.good('proved') + needs;
    case 'violated':
      return style.bad('violated') + needs;
    case 'tested':
      return `${(status === 'passed' ? style.good : style.bad)('tested')}, no violation in ${plural(verdict.executions, 'execution')}${needs}`;
    case 'unknown':
      return `${style.warn('unknown')}: ${reasons[verdict.reason]}${needs}`;
  }
}

function details(property: PropertyReport, style: Style): string[] {
  const failure =
    property.status === 'failed'
      ? [
          style.faint(oneLine(property.claim)),
          ...witnessLines(property.instances, style),
          ...unknownLines(property, style),
        ]
      : [];
  const fuzzing = property.fuzzing === null ? [] : [style.faint(fuzzingWords(property.fuzzing))];
  const notes = property.notes.map((note) => `${style.warn('note:')} ${oneLine(note)}`);
  return [...failure, ...fuzzing, ...notes].map((line) => `    ${line}`);
}

function witnessLines(instances: readonly InstanceReport[], style: Style): string[] {
  const violated = instances.flatMap(({ instance, verdict }) =>
    verdict.kind === 'violated' ? [{ instance, witness: verdict.witness }] : [],
  );
  const lines = violated
    .slice(0, shown)
    .flatMap(({ instance, witness }) => [
      `${style.bad(oneLine(instance))}: ${oneLine(witness.summary)}${style.faint(provenance(witness))}`,
      `  ${style.command(`marauder replay ${shellWord(witness.finding)}`)}`,
    ]);
  return [...lines, ...more(violated.length - shown, 'violation', style)];
}

const searches: Readonly<Record<FoundBy, string>> = {
  seed: 'the row itself',
  corner: 'a corner of the input set',
  random: 'a random point',
  gradient: 'found by following gradients',
  fuzz: 'found by fuzzing',
  branching: 'found by branch and bound',
};

function provenance({ linfDistance, foundBy, executions, row }: Witness): string {
  if (foundBy === 'seed') return row === null ? '' : ` (row ${row} as it is)`;
  const distance =
    linfDistance === null || row === null
      ? []
      : [`linf distance ${approximately(linfDistance)} from row ${row}`];
  return ` (${[...distance, `${searches[foundBy]} after ${plural(executions, 'execution')}`].join(', ')})`;
}

/** One line per reason. A lone unknown instance has its reason in the headline, so only its detail is left to say. */
function unknownLines({ instances }: PropertyReport, style: Style): string[] {
  const byReason = new Map<UnknownReason, { first: string; total: number }>();
  for (const { instance, verdict } of instances) {
    if (verdict.kind !== 'unknown') continue;
    const first = `${oneLine(instance)}: ${oneLine(verdict.detail)}`;
    const group = byReason.get(verdict.reason) ?? { first, total: 0 };
    byReason.set(verdict.reason, { ...group, total: group.total + 1 });
  }
  return [...byReason].map(([reason, { first, total }]) =>
    instances.length === 1
      ? first
      : `${style.warn(`${count(total)} unknown`)}: ${reasons[reason]} ${style.faint(`(${first})`)}`,
  );
}

const more = (total: number, what: string, style: Style): string[] =>
  total > 0 ? [style.faint(`and ${plural(total, `more ${what}`)} in the report`)] : [];

function fuzzingWords({ executions, corpusSize, coverage }: FuzzingSummary): string {
  const criteria = coverage.map(({ criterion, kept, covered }) => {
    const share = covered === null ? '' : `, ${percent(covered)} covered`;
    return `${count(kept)} new to ${oneLine(criterion)}${share}`;
  });
  const corpus = `corpus of ${plural(corpusSize, 'input')}`;
  return [`fuzzed: ${plural(executions, 'execution')}`, corpus, ...criteria].join(' · ');
}

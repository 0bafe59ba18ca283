// One property as text: a line with its verdict, and below it what a reader needs to act on it.
import { fallsShort, goodKinds, isCounted, isReached } from '../findings/gate.js';
import type { CachedSummary, FuzzingSummary, InstanceReport, PropertyReport } from '../findings/report.js';
import type { UnknownReason, VerdictKind } from '../findings/verdict.js';
import type { Paint, Style } from './style.js';
import { isSaved, unsavedWords } from './unsaved.js';
import { floorWords, provenance, reasons } from './verdict-words.js';
import { count, duration, oneLine, percent, plural, shareWords, shellWord } from './words.js';

/** Witnesses and unknown instances shown per property; the JSON report has them all. */
const shown = 3;

/** @param nameWidth columns for the name, so that verdicts stand below each other */
export function propertyText(property: PropertyReport, style: Style, nameWidth = 0): string {
  const mark = markOf(property, style);
  const name = style.strong(oneLine(property.name).padEnd(nameWidth));
  const time = style.faint(duration(property.timing.totalMs));
  return [`${mark} ${name}  ${headline(property, style)}  ${time}`, ...details(property, style)].join('\n');
}

function markOf({ status, severity }: PropertyReport, style: Style): string {
  if (status === 'passed') return style.good('✓');
  return severity === 'warning' ? style.warn('!') : style.bad('✗');
}

/** Columns that the longest name takes. */
export const nameWidthOf = (properties: readonly { readonly name: string }[]): number =>
  Math.max(0, ...properties.map(({ name }) => oneLine(name).length));

/** The verdict in a few words, such as `tested 7 of 12 (58.3 %, needs 100 %) · 5 violated`. */
export function headline(property: PropertyReport, style: Style): string {
  const [only, ...others] = property.instances;
  if (only === undefined) return style.warn('no inputs to check');
  if (others.length === 0) return single(only, property, style);
  const counted = property.instances.filter(isCounted);
  // Proofs that the policy does not count are none of them.
  const good = counted.filter((instance) => !fallsShort(property, instance)).length;
  const kind = present(property).join(' or ') || property.expect;
  const reached = `${kind} ${count(good)} of ${count(counted.length)} (${shareWords(property.share)})`;
  const paint = property.status === 'passed' ? style.good : style.bad;
  return [paint(reached), ...otherCounts(property, style)].join(style.faint(' · '));
}

/** The verdicts that the property was met with. */
const present = (property: PropertyReport): VerdictKind[] =>
  goodKinds(property).filter((kind) => property.verdicts[kind] > 0);

/** Counts of the verdicts that the headline's number does not already say. */
function otherCounts(property: PropertyReport, style: Style): string[] {
  const { verdicts, instances } = property;
  const said = present(property);
  const accepted = instances.filter((instance) => !isCounted(instance)).length;
  const kinds: [kind: VerdictKind, paint: Paint][] = [
    ['proved', style.good],
    ['tested', style.faint],
    ['violated', style.bad],
    ['unknown', style.warn],
  ];
  return kinds
    .filter(([kind]) => verdicts[kind] > 0 && (said.length > 1 || !said.includes(kind)))
    .map(([kind, paint]) => {
      const some = kind === 'violated' && accepted > 0 ? `, ${count(accepted)} accepted` : '';
      return paint(`${count(verdicts[kind])} ${kind}${some}`);
    });
}

function single({ verdict, accepted }: InstanceReport, property: PropertyReport, style: Style): string {
  const { status, expect } = property;
  const isShort = !goodKinds(property).includes(verdict.kind);
  const needs = accepted
    ? ' (accepted by the baseline)'
    : isShort
      ? ` (expected ${expect})`
      : verdict.kind === 'unknown'
        ? ' (the policy lets it pass)'
        : '';
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
          ...witnessLines(property, style),
          ...unknownLines(property, style),
          ...property.coverageFloors
            .filter((floor) => !isReached(floor))
            .map((floor) => style.bad(floorWords(floor))),
        ]
      : [];
  const fuzzing = property.fuzzing === null ? [] : [style.faint(fuzzingWords(property.fuzzing))];
  const cached = property.cached === undefined ? [] : [style.faint(cachedWords(property.cached))];
  const notes = property.notes.map((note) => `${style.warn('note:')} ${oneLine(note)}`);
  return [...failure, ...fuzzing, ...cached, ...notes].map((line) => `    ${line}`);
}

function witnessLines(property: PropertyReport, style: Style): string[] {
  const violated = property.instances.flatMap(({ instance, verdict, accepted }) =>
    verdict.kind === 'violated' && accepted === undefined ? [{ instance, witness: verdict.witness }] : [],
  );
  const saved = violated.flatMap(({ instance, witness }) =>
    isSaved(witness) ? [{ instance, witness }] : [],
  );
  const lines = saved
    .slice(0, shown)
    .flatMap(({ instance, witness }) => [
      `${style.bad(oneLine(instance))}: ${oneLine(witness.summary)}${style.faint(provenance(witness))}`,
      `  ${style.command(`marauder replay ${shellWord(witness.finding)}`)}`,
    ]);
  const unsaved = violated.length - saved.length;
  return [
    ...lines,
    ...more(saved.length - shown, 'violation', style),
    ...(unsaved > 0 ? [style.faint(unsavedWords(unsaved, property))] : []),
  ];
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

function cachedWords({ proofs, findings, executions }: CachedSummary): string {
  const parts = [
    proofs > 0 ? `${plural(proofs, 'proof')} checked again` : undefined,
    findings > 0 ? `${plural(findings, 'violation')} run again` : undefined,
    executions > 0 ? `${plural(executions, 'execution')} not repeated` : undefined,
  ].filter((part) => part !== undefined);
  return `from an earlier run: ${parts.join(', ')}`;
}

function fuzzingWords({ executions, corpusSize, coverage }: FuzzingSummary): string {
  const criteria = coverage.map(({ criterion, kept, covered }) => {
    const share = covered === null ? '' : `, ${percent(covered)} covered`;
    return `${count(kept)} new to ${oneLine(criterion)}${share}`;
  });
  const corpus = `corpus of ${plural(corpusSize, 'input')}`;
  return [`fuzzed: ${plural(executions, 'execution')}`, corpus, ...criteria].join(' · ');
}

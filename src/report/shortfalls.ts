// What keeps a property, or the run, from passing: what machines are told one by one, the worst first.
import { fallsShort, isReached } from '../findings/gate.js';
import type { InstanceReport, PropertyReport, RunReport } from '../findings/report.js';
import type { SavedWitness, Verdict } from '../findings/verdict.js';
import { staleWords } from './summary-text.js';
import { isSaved, unsavedWords } from './unsaved.js';
import { floorWords, provenance, reasons } from './verdict-words.js';
import { count, oneLine, plural, shellWord } from './words.js';

export type Shortfall = {
  readonly property: PropertyReport;
  /** `row 17`; undefined where it is about all of the property. */
  readonly instance: string | undefined;
  readonly kind: Verdict['kind'] | 'coverage' | 'empty';
  /** One line, without the property's name. */
  readonly message: string;
  /** Undefined where there is none whose folder is kept. */
  readonly witness: SavedWitness | undefined;
  /** Of a violation, the smallest first; null where it has none, or is none. */
  readonly margin: number | null;
};

/** None of a property that passes, whatever its instances. */
export function shortfallsOf(property: PropertyReport): Shortfall[] {
  if (property.status === 'passed') return [];
  const short = property.instances.filter((instance) => fallsShort(property, instance));
  const floors = property.coverageFloors.filter((floor) => !isReached(floor));
  return [
    ...short.map((instance) => ofInstance(property, instance)),
    ...floors.map((floor) => about(property, 'coverage', floorWords(floor))),
    ...(property.instances.length === 0 ? [about(property, 'empty', 'no inputs to check')] : []),
  ];
}

/** As `shortfallsOf`, with all rows that have no finding in one. */
export function savedShortfalls(property: PropertyReport): Shortfall[] {
  const all = shortfallsOf(property);
  const isUnsaved = ({ kind, witness }: Shortfall) => kind === 'violated' && witness === undefined;
  const rows = all.filter(isUnsaved).length;
  if (rows === 0) return all;
  const kept = all.filter((one) => !isUnsaved(one));
  return [...kept, about(property, 'violated', unsavedWords(rows, property))];
}

const about = (property: PropertyReport, kind: Shortfall['kind'], message: string): Shortfall => ({
  ...{ property, kind, message, instance: undefined, witness: undefined, margin: null },
});

function ofInstance(property: PropertyReport, { instance, verdict }: InstanceReport): Shortfall {
  return {
    property,
    instance,
    kind: verdict.kind,
    message: `${oneLine(instance)}: ${wordsOf(verdict, property)}`,
    witness: verdict.kind === 'violated' && isSaved(verdict.witness) ? verdict.witness : undefined,
    margin: verdict.kind === 'violated' ? verdict.witness.margin : null,
  };
}

function wordsOf(verdict: Verdict, { expect }: PropertyReport): string {
  switch (verdict.kind) {
    case 'violated':
      return oneLine(verdict.witness.summary) + provenance(verdict.witness);
    case 'unknown':
      return `unknown, ${reasons[verdict.reason]} (${oneLine(verdict.detail)})`;
    default:
      return `${verdict.kind}, but the policy expects ${expect}`;
  }
}

/** How to run a witness again. */
export const replayCommand = ({ finding }: SavedWitness): string => `marauder replay ${shellWord(finding)}`;

/** Of all properties: errors before warnings, violations before what is not known, NaN and the smallest margins first. */
export const worstFirst = ({ properties }: Pick<RunReport, 'properties'>): Shortfall[] =>
  properties
    .flatMap(savedShortfalls)
    .map((shortfall) => ({ shortfall, badness: badnessOf(shortfall) }))
    .sort((a, b) => compare(a.badness, b.badness))
    .map(({ shortfall }) => shortfall);

const badnessOf = ({ property, kind, instance, margin }: Shortfall): readonly number[] => [
  property.severity === 'error' ? 0 : 1,
  kind === 'violated' ? 0 : 1,
  // What sums others up comes after them.
  instance === undefined && kind === 'violated' ? Infinity : (margin ?? -Infinity),
];

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) < (b[at] ?? 0) ? -1 : 1;
}

/** What fails the gate besides properties. */
export function runShortfalls({ interrupted, baseline }: RunReport): string[] {
  const stale = baseline?.strict ? baseline.stale : [];
  return [
    ...(interrupted ? ['interrupted: this report is partial'] : []),
    ...(stale.length > 0
      ? [
          `${plural(stale.length, 'stale entry', 'stale entries')} in the baseline: ${someOf(stale.map(staleWords))}`,
        ]
      : []),
  ];
}

const some = 3;

const someOf = (texts: readonly string[]): string =>
  texts.slice(0, some).join(', ') + (texts.length > some ? ` and ${count(texts.length - some)} more` : '');

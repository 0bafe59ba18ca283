// Violations whose findings are not kept: rows of a counted property, of which the policy keeps the worst.
import type { PropertyReport } from '../findings/report.js';
import type { SavedWitness, Witness } from '../findings/verdict.js';
import { count, plural } from './words.js';

export const isSaved = (witness: Witness): witness is SavedWitness => witness.finding !== null;

export const unsavedIn = ({ instances }: Pick<PropertyReport, 'instances'>): number =>
  instances.filter(({ verdict }) => verdict.kind === 'violated' && !isSaved(verdict.witness)).length;

/** `and 4,200 more rows in the JSON report, without findings: the policy keeps those of the worst 100`. */
export const unsavedWords = (rows: number, { findings }: Pick<PropertyReport, 'findings'>): string =>
  `and ${plural(rows, 'more row')} in the JSON report, without findings: the policy keeps those of the worst ${count(findings ?? 0)}`;

// Criteria by name.
import type { CalibratedCriterion } from '../../fuzz/coverage/calibrated.js';
import { coverageCriteria, defaultCriteria } from '../../fuzz/coverage/index.js';
import { list, suggest } from '../../policy/suggest.js';
import { usageError } from '../values.js';

/** @param text names with commas between them; undefined: what fuzzing uses */
export function chosenCriteria(text: string | undefined): CalibratedCriterion[] {
  if (text === undefined) return Object.values(defaultCriteria);
  const known: Readonly<Record<string, CalibratedCriterion>> = coverageCriteria;
  const names = Object.keys(known);
  return [...new Set(text.split(',').map((name) => name.trim()))].map((name) => {
    const criterion = Object.hasOwn(known, name) ? known[name] : undefined;
    if (criterion !== undefined) return criterion;
    throw usageError(
      'distill',
      `--criteria: no criterion "${name}"${suggest(name, names, 'there are')}`,
      `give some of ${list(names)}`,
    );
  });
}

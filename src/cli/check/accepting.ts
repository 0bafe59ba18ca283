// The baseline as a run applies it: each property as it is decided, and a summary in the end.
import { baselineSummary, withAccepted } from '../../findings/baseline.js';
import type { BaselineSummary, PropertyReport } from '../../findings/report.js';
import type { Policy } from '../../policy/policy.js';
import { namesIn, openBaseline } from '../baseline/file.js';
import type { CheckOptions } from '../options.js';
import { shownFrom } from '../shown.js';

export type Accepting = {
  accept(property: PropertyReport): PropertyReport;
  /** null where there is no baseline. */
  summary(properties: readonly PropertyReport[]): BaselineSummary | null;
};

/** @throws UserError where the baseline cannot be read */
export function createAccepting(
  { baseline, strictBaseline }: Pick<CheckOptions, 'baseline' | 'strictBaseline'>,
  policy: Pick<Policy, 'models'>,
  policyFile: string,
  cwd: string,
): Accepting {
  const opened = openBaseline(baseline, policyFile, cwd);
  if (opened === undefined) return { accept: (property) => property, summary: () => null };
  const { file, entries } = opened;
  const names = namesIn(file, [...policy.models.values()], cwd);
  const filesOf = ({ models }: PropertyReport) => names(models);
  return {
    accept: (property) => withAccepted(property, filesOf(property), entries),
    summary: (properties) =>
      baselineSummary(entries, properties, filesOf, {
        file: shownFrom(cwd)(file),
        strict: strictBaseline,
      }),
  };
}

// Violations that were accepted: a run meets them again without failing.
import { judged } from './gate.js';
import type { BaselineSummary, PropertyReport, StaleEntry, StaleReason } from './report.js';

export const baselineSchemaVersion = 1;

export type BaselineEntry = {
  readonly property: string;
  /** `row 17` or `input range`, as reports name it. */
  readonly instance: string;
  /** Files of the property's models, in its order. */
  readonly models: readonly string[];
  /** Why it is accepted. */
  readonly reason?: string | undefined;
};

export type Baseline = {
  readonly schemaVersion: typeof baselineSchemaVersion;
  readonly accepted: readonly BaselineEntry[];
};

/** @param files of the property's models, as the entries name them */
export function withAccepted(
  property: PropertyReport,
  files: readonly string[],
  entries: readonly BaselineEntry[],
): PropertyReport {
  const reasons = new Map(
    entries
      .filter((entry) => entry.property === property.name && sameFiles(entry.models, files))
      .map(({ instance, reason }) => [instance, reason ?? null]),
  );
  if (reasons.size === 0) return property;
  const instances = property.instances.map((one) => {
    const reason = reasons.get(one.instance);
    return reason === undefined || one.verdict.kind !== 'violated' ? one : { ...one, accepted: { reason } };
  });
  return judged({ ...property, instances });
}

/**
 * @param file as it is shown
 * @param filesOf the models' files of a property, as the entries name them
 */
export function baselineSummary(
  entries: readonly BaselineEntry[],
  properties: readonly PropertyReport[],
  filesOf: (property: PropertyReport) => readonly string[],
  { file, strict }: Pick<BaselineSummary, 'file' | 'strict'>,
): BaselineSummary {
  const indexed = new Map(
    properties.map((property) => [
      property.name,
      {
        files: filesOf(property),
        instances: new Map(property.instances.map((one) => [one.instance, one])),
      },
    ]),
  );
  const stale = entries.flatMap(({ property, instance, models }): StaleEntry[] => {
    const why = staleReason(indexed.get(property), instance, models);
    return why === undefined ? [] : [{ property, instance, why }];
  });
  const accepted = properties
    .flatMap(({ instances }) => instances)
    .filter((one) => one.accepted !== undefined).length;
  return { file, accepted, stale, strict };
}

type Indexed = {
  readonly files: readonly string[];
  readonly instances: ReadonlyMap<string, PropertyReport['instances'][number]>;
};

/** Where nothing is known of an instance, its entry may still be needed. */
function staleReason(
  property: Indexed | undefined,
  instance: string,
  models: readonly string[],
): StaleReason | undefined {
  if (property === undefined) return 'no-property';
  if (!sameFiles(property.files, models)) return 'other-models';
  const found = property.instances.get(instance);
  if (found === undefined) return 'no-instance';
  return ['proved', 'tested'].includes(found.verdict.kind) ? 'not-violated' : undefined;
}

const sameFiles = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((file, at) => file === b[at]);

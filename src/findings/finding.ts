// A finding on disk: one violating input and all that is needed to run it again.
import type { ModelRef } from './report.js';
import type { FoundBy } from './verdict.js';

export const findingSchemaVersion = 1;

/** `finding.json`; the input lies beside it as `input.npy`, float32 [1, ...], as it is before any preprocessing. */
export type Finding = {
  readonly schemaVersion: typeof findingSchemaVersion;
  readonly property: string;
  /** What was violated; `non-finite` is watched for whatever the property is. */
  readonly kind: 'robustness' | 'finite' | 'agreement';
  /** One model, or two for agreement; paths relative to the finding's folder. */
  readonly models: readonly ModelRef[];
  readonly input: 'input.npy';
  readonly inputSha256: string;
  /** The class that should win; null where the kind has none. */
  readonly target: number | null;
  /** Row of the data set that the search started from, and its distance. */
  readonly row: number | null;
  readonly linfDistance: number | null;
  readonly linfEpsilon: number | null;
  readonly margin: number | null;
  readonly summary: string;
  readonly foundBy: FoundBy;
  readonly executions: number;
  readonly seed: number;
};

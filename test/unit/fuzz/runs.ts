// Whole runs of the fuzzer for tests: every event is written down.
import { noDeadline } from '../../../src/base/deadline.js';
import { defaultCriteria } from '../../../src/fuzz/coverage/index.js';
import {
  type FuzzEvents,
  type FuzzOptions,
  type FuzzResult,
  type FuzzTarget,
  fuzz,
  type Hit,
} from '../../../src/fuzz/fuzz.js';
import { mutators } from '../../../src/fuzz/mutators/index.js';
import type { Encode } from '../../../src/ops/encoding.js';
import type { InputSet } from '../../../src/policy/input-set.js';
import type { Runtime } from '../../../src/program/session.js';
import { inline } from '../../helpers/programs.js';

export type Run = {
  readonly result: FuzzResult;
  readonly hits: readonly Hit[];
  readonly strange: readonly Hit[];
  readonly steps: readonly { executions: number; corpusSize: number; open: number }[];
};

export type RunChanges = Partial<FuzzTarget> &
  Partial<FuzzOptions> &
  Partial<Omit<FuzzEvents, 'progress'>> & { readonly runtime?: Runtime };

export const defaultExecutions = 20_000;

/** Hits are confirmed and strange rows settled unless told otherwise. */
export async function runFuzz(encode: Encode, set: InputSet, changes: RunChanges = {}): Promise<Run> {
  const instances = set.lower.shape[0] ?? 0;
  const { confirm, nonFinite, runtime = inline, ...rest } = changes;
  const target: FuzzTarget & FuzzOptions = {
    encode,
    set,
    targets: new Int32Array(instances),
    open: Array.from({ length: instances }, (_, at) => at),
    batched: true,
    criteria: Object.values(defaultCriteria),
    mutator: mutators.noise,
    seed: 1,
    executions: defaultExecutions,
    deadline: noDeadline,
    ...rest,
  };
  const hits: Hit[] = [];
  const strange: Hit[] = [];
  const steps: Run['steps'][number][] = [];
  const result = await fuzz(
    target,
    target,
    {
      confirm: async (hit) => {
        hits.push(hit);
        return confirm === undefined || confirm(hit);
      },
      nonFinite: async (hit) => {
        strange.push(hit);
        return nonFinite === undefined || nonFinite(hit);
      },
      progress: (state) => steps.push(state),
    },
    runtime,
  );
  return { result, hits, strange, steps };
}

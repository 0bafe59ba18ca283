// Whole runs of the fuzzer for tests: every event is written down.
import { noDeadline } from '../../../src/base/deadline.js';
import type { Corpus } from '../../../src/fuzz/corpus.js';
import { defaultCriteria } from '../../../src/fuzz/coverage/index.js';
import { domainOf } from '../../../src/fuzz/domain.js';
import type { FuzzProgress } from '../../../src/fuzz/events.js';
import {
  type FuzzEvents,
  type FuzzOptions,
  type FuzzResult,
  type FuzzTarget,
  fuzz,
  type Hit,
} from '../../../src/fuzz/fuzz.js';
import { mutators } from '../../../src/fuzz/mutators/index.js';
import { greatestBatch } from '../../../src/fuzz/rows-within.js';
import { schedulers } from '../../../src/fuzz/schedule/index.js';
import { nonFinite } from '../../../src/fuzz/target.js';
import type { Encode } from '../../../src/ops/encoding.js';
import type { InputSet } from '../../../src/policy/input-set.js';
import type { Runtime } from '../../../src/program/session.js';
import { inline } from '../../helpers/programs.js';

export type Run = {
  readonly result: FuzzResult;
  /** All but those that are about values that are not finite. */
  readonly hits: readonly Hit[];
  readonly strange: readonly Hit[];
  readonly steps: readonly FuzzProgress[];
};

type Answer = (hit: Hit) => Promise<boolean>;

export type RunChanges = Partial<FuzzTarget> &
  Partial<FuzzOptions> & {
    readonly confirm?: Answer;
    /** Answers for hits about values that are not finite. */
    readonly strange?: Answer;
    readonly grown?: FuzzEvents['grown'];
    readonly runtime?: Runtime;
  };

export const defaultExecutions = 20_000;

export function targetOf(encode: Encode, set: InputSet, changes: Partial<FuzzTarget> = {}): FuzzTarget {
  const instances = set.lower.shape[0] ?? 0;
  return {
    objective: 'main',
    encode,
    set,
    domain: domainOf(set),
    limits: {},
    targets: new Int32Array(instances),
    open: Array.from({ length: instances }, (_, at) => at),
    batched: true,
    ...changes,
  };
}

const defaultOptions: FuzzOptions = {
  criteria: Object.values(defaultCriteria),
  mutators: [mutators.noise],
  scheduler: schedulers.recent,
  gradients: 'none',
  climbs: false,
  feedback: true,
  decides: true,
  seed: 1,
  executions: defaultExecutions,
  deadline: noDeadline,
  rowsPerBatch: greatestBatch,
};

/** One mutator without gradients or climbs unless told otherwise; every hit is confirmed. */
export async function runFuzz(encode: Encode, set: InputSet, changes: RunChanges = {}): Promise<Run> {
  const { confirm, strange: settle, grown, runtime = inline, ...rest } = changes;
  const hits: Hit[] = [];
  const strange: Hit[] = [];
  const steps: FuzzProgress[] = [];
  const events: FuzzEvents = {
    confirm: async (hit) => {
      const [seen, answer] = hit.objective === nonFinite ? [strange, settle] : [hits, confirm];
      seen.push(hit);
      return answer === undefined || answer(hit);
    },
    progress: (state) => steps.push({ ...state, violations: new Map(state.violations) }),
    ...(grown && { grown }),
  };
  const result = await fuzz(targetOf(encode, set, rest), { ...defaultOptions, ...rest }, events, runtime);
  return { result, hits, strange, steps };
}

/** All that two equal runs have in common. */
export const summaryOf = ({ result: { corpus, ...rest }, hits, strange, steps }: Run) => ({
  ...rest,
  inputs: corpus.inputs.slice(),
  seeds: corpus.seeds.slice(),
  lineages: lineagesOf(corpus),
  hits,
  strange,
  steps,
});

export const lineagesOf = (corpus: Corpus) =>
  Array.from({ length: corpus.size }, (_, entry) => corpus.lineageOf(entry));

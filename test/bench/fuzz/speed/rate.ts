// How fast a run of the fuzzer is once it is under way.
import { cpuUsage } from 'node:process';
import { cheapCriteria, coverageCriteria } from '../../../../src/fuzz/coverage/index.js';
import { type FuzzOptions, fuzz } from '../../../../src/fuzz/fuzz.js';
import { mutators } from '../../../../src/fuzz/mutators/index.js';
import { greatestBatch } from '../../../../src/fuzz/rows-within.js';
import type { Runtime } from '../../../../src/program/session.js';
import { guided, withoutGradients } from '../methods/fuzzing.js';
import { keptInputs, type Subject } from './subjects.js';

export type Rate = {
  readonly perSecond: number;
  /** Of all threads of this process. */
  readonly perCpuSecond: number;
};

export type Setting = Pick<
  FuzzOptions,
  'criteria' | 'mutators' | 'gradients' | 'climbs' | 'scheduler' | 'feedback'
>;

/** Mutation and coverage alone: a climb runs small batches one after the other. */
const noise: Setting = { ...withoutGradients, climbs: false, mutators: [mutators.noise], criteria: [] };

export const settings = {
  /** TensorFuzz's mutator and criterion. */
  distance: { ...noise, criteria: [coverageCriteria['activation-distance']] },
  cheap: { ...noise, criteria: Object.values(cheapCriteria) },
  asShipped: { ...guided, mutators: Object.values(mutators) },
} as const satisfies Record<string, Setting>;

export type Stopwatch = { milliseconds(): number; rate(executions: number): Rate };

export function stopwatch(): Stopwatch {
  const from = performance.now();
  const used = cpuUsage();
  const milliseconds = () => performance.now() - from;
  return {
    milliseconds,
    rate: (executions) => {
      const { user, system } = cpuUsage(used);
      return {
        perSecond: (executions * 1000) / milliseconds(),
        perCpuSecond: (executions * 1e6) / (user + system),
      };
    },
  };
}

/** Executions until batches are full and every program is compiled. */
const warming = 131_072;

/** @param milliseconds of the measurement; a round of batches that is under way is finished and counted */
export async function fuzzingRate(
  { target }: Subject,
  setting: Setting,
  corpus: number,
  milliseconds: number,
  runtime: Runtime,
): Promise<Rate> {
  const kept = keptInputs(target, corpus - target.set.instanceOf.length);
  let start: { readonly watch: Stopwatch; readonly executions: number } | undefined;
  let rate: Rate | undefined;
  await fuzz(
    target,
    {
      ...setting,
      decides: true,
      seed: 1,
      executions: Number.MAX_SAFE_INTEGER,
      deadline: {
        expired: () => (start?.watch.milliseconds() ?? 0) > milliseconds,
        interrupted: () => false,
      },
      rowsPerBatch: greatestBatch,
      earlier: { kept, runs: 1 },
    },
    {
      confirm: async () => false,
      progress: (state) => {
        if (start === undefined && state.executions >= warming)
          start = { watch: stopwatch(), executions: state.executions };
        else if (start !== undefined) rate = start.watch.rate(state.executions - start.executions);
      },
    },
    runtime,
  );
  if (rate === undefined) throw new Error('too few executions to time');
  return rate;
}

// The fuzzer itself, with and without what guides it.
import { createDeadline } from '../../../../src/base/deadline.js';
import { defaultCriteria } from '../../../../src/fuzz/coverage/index.js';
import { type FuzzOptions, fuzz } from '../../../../src/fuzz/fuzz.js';
import { mutators } from '../../../../src/fuzz/mutators/index.js';
import { greatestBatch } from '../../../../src/fuzz/rows-within.js';
import { schedulers } from '../../../../src/fuzz/schedule/index.js';
import { createCollector, type Method } from './method.js';

export type Guidance = Pick<FuzzOptions, 'criteria' | 'scheduler' | 'gradients' | 'feedback'>;

/** What `marauder fuzz` does unless told otherwise. */
export const guided: Guidance = {
  criteria: Object.values(defaultCriteria),
  scheduler: schedulers.recent,
  gradients: 'ascent and bisection',
  feedback: true,
};

export const withoutGradients: Guidance = { ...guided, gradients: 'none' };

/** The same mutators, on the seeds alone. */
export const withoutFeedback: Guidance = { ...guided, criteria: [], gradients: 'none', feedback: false };

export const fuzzingMethod = (name: string, guidance: Guidance): Method => ({
  name,
  run: async (target, budget, seed, runtime) => {
    const collector = createCollector(target);
    const stop = new AbortController();
    const { executions } = await fuzz(
      target.fuzzed,
      {
        ...guidance,
        mutators: Object.values(mutators),
        decides: false,
        seed,
        executions: budget.executions,
        deadline: createDeadline(Infinity, () => performance.now(), stop.signal),
        rowsPerBatch: greatestBatch,
      },
      {
        confirm: async (hit) => {
          if (hit.objective !== target.fuzzed.objective) return false;
          const confirmed = await collector.confirm(hit);
          if (confirmed && budget.first === true) stop.abort();
          return confirmed;
        },
        progress: () => {},
      },
      runtime,
    );
    return { executions, found: collector.found };
  },
});

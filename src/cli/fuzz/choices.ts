// What `--coverage`, `--mutators` and their like choose; names are checked before anything is opened.
import { UserError } from '../../base/user-error.js';
import { defaultCriteria } from '../../fuzz/coverage/index.js';
import { parseCriteria } from '../../fuzz/coverage/parse.js';
import type { FuzzOptions } from '../../fuzz/fuzz.js';
import { defaultMutators, parseMutators } from '../../fuzz/mutators/index.js';
import { rowsWithin } from '../../fuzz/rows-within.js';
import { parseScheduler, schedulers } from '../../fuzz/schedule/index.js';
import type { FuzzTarget } from '../../fuzz/target.js';
import { list, nearest, show } from '../../policy/suggest.js';
import type { FuzzCommandOptions } from '../options.js';
import type { Campaign } from './campaign.js';

export type FuzzChoices = (
  campaign: Campaign,
  seed: number,
) => Omit<FuzzOptions, 'executions' | 'deadline' | 'earlier'>;

export function chooseFuzzing(options: FuzzCommandOptions): FuzzChoices {
  const { coverage, mutators } = options;
  const criteria = criteriaOf(coverage);
  const chosen = mutators === undefined ? defaultMutators : parseMutators(mutators);
  const scheduler = options.scheduler === undefined ? schedulers.recent : parseScheduler(options.scheduler);
  return ({ models }, seed) => ({
    criteria,
    mutators: chosen,
    scheduler,
    gradients: options.gradients ? 'ascent and bisection' : 'none',
    feedback: options.feedback,
    decides: false,
    seed,
    rowsPerBatch: rowsWithin(models.map(({ typed }) => typed)),
  });
}

function criteriaOf(coverage: string | undefined): FuzzOptions['criteria'] {
  if (coverage === undefined) return Object.values(defaultCriteria);
  return coverage === 'none' ? [] : parseCriteria(coverage);
}

/** A target whose coverage sees only some of the hidden layers. */
export function withLayers<T extends Pick<FuzzTarget, 'encode'>>(target: T, layers: readonly string[]): T {
  return {
    ...target,
    encode: (p, x, classes) => {
      const encoding = target.encode(p, x, classes);
      const names = encoding.hidden.map(({ name }) => name);
      const unknown = layers.find((layer) => !names.includes(layer));
      if (unknown !== undefined) throw noSuchLayer(unknown, names);
      return { ...encoding, hidden: encoding.hidden.filter(({ name }) => layers.includes(name)) };
    },
  };
}

function noSuchLayer(name: string, names: readonly string[]): UserError {
  const meant = nearest(name, names);
  return new UserError('USAGE', {
    where: '--layers',
    problem: `no activation function of the model gives a value ${show(name)}`,
    hint: meant === undefined ? `it has ${list(names)}` : `did you mean ${show(meant)}?`,
  });
}

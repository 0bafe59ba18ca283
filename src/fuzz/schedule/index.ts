// Schedulers: one literal table.
import { UserError } from '../../base/user-error.js';
import { list, nearest, show } from '../../policy/suggest.js';
import { createExploit } from './exploit.js';
import { createExplore } from './explore.js';
import { createFast } from './fast.js';
import { createRecent } from './recent.js';
import type { CreateScheduler } from './scheduler.js';
import { createUniform } from './uniform.js';

export const schedulers = {
  uniform: createUniform,
  recent: createRecent,
  fast: createFast,
  explore: createExplore,
  exploit: createExploit,
} satisfies Record<string, CreateScheduler>;

export type SchedulerName = keyof typeof schedulers;

export const schedulerNames = Object.keys(schedulers) as SchedulerName[];

const isSchedulerName = (name: string): name is SchedulerName => Object.hasOwn(schedulers, name);

/** @param where what the name was read from, for the error */
export function parseScheduler(name: string, where = '--schedule'): CreateScheduler {
  if (isSchedulerName(name)) return schedulers[name];
  const meant = nearest(name, schedulerNames);
  throw new UserError('USAGE', {
    where,
    problem: `unknown scheduler ${show(name)}`,
    hint: meant === undefined ? `give one of ${list(schedulerNames)}` : `did you mean ${show(meant)}?`,
  });
}

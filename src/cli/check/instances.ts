// How instances of a property are called in reports and folders.
import type { Subject } from './subject.js';

/** `row 17`, counted from 0 in the data set, where the kind has no names of its own. */
export const instanceName = ({ names, set }: Pick<Subject, 'names' | 'set'>, instance: number): string =>
  names?.[instance] ?? `row ${set.rowOf[instance] ?? instance}`;

/** Of a property that has one instance for all inputs. */
export const wholeRangeName = 'input range';

/** The set around rows, in words that say what the linf distance is. */
export const withinWords = (linfEpsilon: number): string =>
  `for every input whose elements all lie within ${linfEpsilon} of a row's (linf)`;

export const instanceCount = ({ set }: Pick<Subject, 'set'>): number => set.lower.shape[0] ?? 0;

// How instances of a property are called in reports and folders.
import type { Subject } from './subject.js';

/** `row 17`, counted from 0 in the data set, or `input range` where the property has one instance for all inputs. */
export function instanceName({ property, set }: Pick<Subject, 'property' | 'set'>, instance: number): string {
  const wholeRange = property.kind === 'finite' && property.linfEpsilon === undefined;
  return wholeRange ? 'input range' : `row ${set.rowOf[instance] ?? instance}`;
}

/** The set around rows, in words that say what the linf distance is. */
export const withinWords = (linfEpsilon: number): string =>
  `for every input whose elements all lie within ${linfEpsilon} of a row's (linf)`;

export const instanceCount = ({ set }: Pick<Subject, 'set'>): number => set.lower.shape[0] ?? 0;

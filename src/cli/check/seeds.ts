// Rows that instances are around.
import type { Subject } from './subject.js';

/** The first one; -1 where there is none. */
export const seedOf = ({ set }: Pick<Subject, 'set'>, instance: number): number =>
  set.instanceOf.indexOf(instance);

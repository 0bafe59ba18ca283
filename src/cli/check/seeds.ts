// Rows that instances are around.
import type { InputSet } from '../../policy/input-set.js';
import type { Subject } from './subject.js';

/** The first one; -1 where there is none. */
export const seedOf = ({ set }: Pick<Subject, 'set'>, instance: number): number =>
  set.instanceOf.indexOf(instance);

/** The row itself, by its place among the seeds. */
export const seedInputOf = ({ seeds, size }: InputSet, seed: number): Float32Array =>
  seeds.data.subarray(seed * size, (seed + 1) * size);

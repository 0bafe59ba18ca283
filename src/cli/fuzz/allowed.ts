// Whether an input of an earlier run lies within the limits of this one.
import { withinLimits } from '../../fuzz/limits.js';
import type { Campaign } from './campaign.js';

/** @param seed its position among the seeds of this run */
export function isAllowed(
  input: Float32Array,
  seed: number,
  { target: { set, limits, domain } }: Pick<Campaign, 'target'>,
): boolean {
  const rowOf = (data: Float32Array, row: number) => data.subarray(row * set.size, (row + 1) * set.size);
  const instance = set.instanceOf[seed] ?? 0;
  const [lower, upper] = [rowOf(set.lower.data, instance), rowOf(set.upper.data, instance)];
  const box = { lower, upper, integer: domain.integer };
  return withinLimits(input, rowOf(set.seeds.data, seed), limits, box);
}

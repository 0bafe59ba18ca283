// Parts of a run: which instances each decides. Equal policies are cut alike everywhere, so that parts fit together.
import type { ShardRef } from '../../findings/report.js';

/** Turn by turn over all properties, since neighbouring rows are often equally hard. @param before instances of the properties before */
export const partOf = (instance: number, before: number, { count }: ShardRef): number =>
  ((before + instance) % count) + 1;

/** Of a property, what other parts decide; none where there is one part only. */
export function othersOf(instances: number, before: number, shard: ShardRef | undefined): Set<number> {
  const all = Array.from({ length: instances }, (_, at) => at);
  return new Set(shard === undefined ? [] : all.filter((at) => partOf(at, before, shard) !== shard.index));
}
